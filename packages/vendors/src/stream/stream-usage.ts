import { readUsage } from '../usage/read-usage.js'
import { unknownUsage, type VendorUsage } from '../usage/vendor-usage.js'

/** Most problems to list; more add nothing. */
const maxProblems = 20

type Count = Exclude<keyof VendorUsage, 'problems'>

const countNames: readonly Count[] = [
  'inputTokenCount',
  'outputTokenCount',
  'cachedInputTokenCount',
  'cacheWriteTokenCount',
  'totalTokenCount',
  'costMicroUsd',
  'audioSecondCount',
]

/**
 * The usage of a streamed answer, read from any of its chunks: in the last chunk, growing in all of them, in `x_groq`,
 * split over the first and last event (Anthropic), or after `[DONE]`. Counts are not added over chunks: within one call
 * they only grow, so the highest counts, and a final `null` does not clear it.
 *
 * @example const stream = new StreamUsage('groq') for (const chunk of chunks) stream.add(chunk)
 * stream.usage.outputTokenCount
 */
export class StreamUsage {
  readonly #vendor: string | undefined
  #usage: VendorUsage = unknownUsage

  /** @param vendor The vendor of the stream, if known */
  constructor(vendor?: string) {
    this.#vendor = vendor
  }

  /** Reads the parsed JSON of one event; ignores anything else. Never throws. */
  add(chunk: unknown): void {
    const next = readUsage(chunk, this.#vendor)
    const reports = countNames.some(name => next[name] !== null) || next.problems.length > 0
    if (reports) this.#usage = merged(this.#usage, next)
  }

  /** The usage so far; all null before the first chunk with usage. */
  get usage(): VendorUsage {
    return this.#usage
  }
}

function merged(before: VendorUsage, next: VendorUsage): VendorUsage {
  const inputTokenCount = higher(before.inputTokenCount, next.inputTokenCount)
  const reported = higher(before.outputTokenCount, next.outputTokenCount)
  const total = higher(before.totalTokenCount, next.totalTokenCount)
  // A total may arrive separately from its parts, and include output that they omit.
  const rest = inputTokenCount === null || total === null ? null : Math.max(0, total - inputTokenCount)
  const outputTokenCount = higher(reported, rest)
  const sum =
    inputTokenCount === null || outputTokenCount === null ? null : inputTokenCount + outputTokenCount
  return {
    inputTokenCount,
    outputTokenCount,
    cachedInputTokenCount: higher(before.cachedInputTokenCount, next.cachedInputTokenCount),
    cacheWriteTokenCount: higher(before.cacheWriteTokenCount, next.cacheWriteTokenCount),
    totalTokenCount: Number.isSafeInteger(sum) ? sum : total,
    costMicroUsd: higher(before.costMicroUsd, next.costMicroUsd),
    audioSecondCount: higher(before.audioSecondCount, next.audioSecondCount),
    problems: [...before.problems, ...next.problems].slice(0, maxProblems),
  }
}

function higher(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right
  return Math.max(left, right)
}
