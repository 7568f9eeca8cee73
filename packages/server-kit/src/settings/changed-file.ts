import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Detects that a file has changed, and has then stayed the same between two calls: the first half of a file that is
 * being written may be valid, too. It compares what `stat` says: file system events are missing for mounted files and
 * for files that a link replaces.
 */
export class ChangedFile {
  readonly path: string
  #done: string | null
  #seen: string | null = null

  /** @param mark of the content that is known already; null if the file may have changed since it was read */
  constructor(path: string, mark: string | null = null) {
    this.path = path
    this.#done = mark
  }

  /** The mark of a changed file that is still; null if there is nothing to read. */
  async changed(): Promise<string | null> {
    const mark = await fileMark(this.path)
    const isStill = mark === this.#seen
    this.#seen = mark
    return mark === this.#done || !isStill ? null : mark
  }

  /** Not reported again until the file changes. */
  settle(mark: string): void {
    this.#done = mark
  }
}

/** Changes whenever the file does; '' if it is not there or cannot be reached. */
export async function fileMark(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    // Reading the file says why.
    return ''
  }
}

/**
 * Runs a task again and again, never twice at once.
 * @param everyMs between the end of one run and the start of the next
 * @param task must not reject
 */
export function repeat(everyMs: number, task: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (!signal.aborted) await task()
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
