import { ChangedFile, fileMark, repeat } from '@quotakeeper/server-kit'
import type { FoundKey } from './find-key.js'
import { readKeyFile } from './read-key-file.js'

const defaultEveryMs = 500
/** Most files; the API's configuration has at most as many providers. */
const defaultMaxFiles = 10_000

interface KnownFile {
  readonly changes: ChangedFile
  found: FoundKey
}

interface KeyFilesOptions {
  /** Secrets that are sent to no vendor, such as those that open entered keys. */
  readonly forbidden: readonly string[]
  readonly log: { info(details: object, text: string): void }
  /** Milliseconds between polls. */
  readonly everyMs?: number
  readonly maxFiles?: number
}

/** Vendors' keys in files, such as mounted secrets: read once, and again when a file changes. */
export class KeyFiles {
  readonly #options: KeyFilesOptions
  readonly #maxFiles: number
  #files: ReadonlyMap<string, KnownFile> = new Map()
  #polling: { stop(): Promise<void> } | null = null

  constructor(options: KeyFilesOptions) {
    this.#options = options
    this.#maxFiles = options.maxFiles ?? defaultMaxFiles
  }

  /** The key in a file, or why there is none. */
  of(path: string): FoundKey {
    return (
      this.#files.get(path)?.found ?? {
        found: false,
        reason: `apiKeyFile: there are more than ${this.#maxFiles} key files`,
      }
    )
  }

  /** Reads the files that are new, then forgets those that no provider names. Never rejects. */
  async follow(paths: ReadonlySet<string>): Promise<void> {
    const files = new Map<string, KnownFile>()
    for (const path of paths) {
      if (files.size >= this.#maxFiles) break
      files.set(path, this.#files.get(path) ?? (await this.#open(path)))
    }
    this.#files = files
  }

  async #open(path: string): Promise<KnownFile> {
    const mark = await fileMark(path)
    const found = await readKeyFile(path, this.#options.forbidden)
    return { changes: new ChangedFile(path, isDone(mark, found) ? mark : null), found }
  }

  /** @param onChange called after the keys of files have changed */
  start(onChange: () => void): void {
    this.#polling = repeat(this.#options.everyMs ?? defaultEveryMs, async () => {
      const { forbidden, log } = this.#options
      const changed: string[] = []
      for (const [path, file] of this.#files) {
        const mark = await file.changes.changed()
        if (mark === null) continue
        const found = await readKeyFile(path, forbidden)
        if (isDone(mark, found)) file.changes.settle(mark)
        if (isSame(found, file.found)) continue
        file.found = found
        changed.push(path)
      }
      if (changed.length === 0) return
      log.info({ paths: changed }, 'key files have changed and were read again')
      onChange()
    })
  }

  async stop(): Promise<void> {
    await this.#polling?.stop()
  }
}

/** Whether a file need not be read again until it changes: a failure, as of too many open files, may pass without that. */
function isDone(mark: string, { found }: FoundKey): boolean {
  return found || mark === ''
}

function isSame(left: FoundKey, right: FoundKey): boolean {
  if (left.found && right.found) return left.key === right.key
  return !left.found && !right.found && left.reason === right.reason
}
