import type { Readable } from 'node:stream'
import { within } from '../deadline.js'

const keptCharacters = 1_000_000

/** The output of a process on both streams, in order of arrival. */
export interface ProcessOutput {
  /** The last million characters. */
  text(): string
  /**
   * Resolves when the output matches, including earlier output.
   *
   * @throws Error with the output after `timeoutMs`
   */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>
}

/** Output that others add to. */
export interface OutputCollection extends ProcessOutput {
  add(chunk: string): void
}

/** Collects the output of the streams from now on, and what is added. */
export function collectOutput(streams: readonly Readable[] = []): OutputCollection {
  let text = ''
  const listeners = new Set<() => void>()
  const add = (chunk: string): void => {
    text = (text + chunk).slice(-keptCharacters)
    for (const listener of listeners) listener()
  }
  for (const stream of streams) {
    stream.setEncoding('utf8')
    stream.on('data', add)
  }
  return {
    add,
    text: () => text,
    waitFor: async (pattern, timeoutMs) => {
      // A sticky or global pattern would continue after its last match.
      const fresh = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
      let listener = (): void => undefined
      const matched = new Promise<RegExpExecArray>(resolve => {
        listener = () => {
          const match = fresh.exec(text)
          if (match !== null) resolve(match)
        }
        listeners.add(listener)
        listener()
      })
      try {
        return await within(matched, {
          timeoutMs,
          describe: () => `${pattern} was not printed within ${timeoutMs} ms. Printed was:\n${text}`,
        })
      } finally {
        listeners.delete(listener)
      }
    },
  }
}
