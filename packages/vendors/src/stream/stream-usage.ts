import { readUsage } from '../usage/read-usage.js'
import { unknownUsage, type VendorUsage } from '../usage/vendor-usage.js'

/** Problems beyond these say nothing new. */
const maxProblems = 20

type Count = Exclude<keyof VendorUsage, 'problems'>

const countNames: readonly Count[] = [
  'inputTokenCount',
  'outputTokenCount',
  'cachedInputTokenCount',
  'totalTokenCount',
  'costMicroUsd',
  'audioSecondCount',
]

/**
 * What a streamed answer has used, from its chunks in any number and place: in the last chunk, in all of
 * them with growing numbers, in `x_groq`, split over the first and last event (Anthropic), behind `[DONE]`.
 * Counts never add up over chunks: within one call they only grow, so that the highest holds, and a `null`
 * at the end takes nothing back.
 *
 * @example
 * const stream = new StreamUsage('groq')
 * for (const chunk of chunks) stream.add(chunk)
 * stream.usage.outputTokenCount
 */
export class StreamUsage {
  readonly #vendor: string | undefined
  #usage: VendorUsage = unknownUsage

  /** @param vendor Whose stream it is, where that is known. */
  constructor(vendor?: string) {
    this.#vendor = vendor
  }

  /** Takes the parsed JSON of one event. Anything else is ignored; nothing is thrown. */
  add(chunk: unknown): void {
    const next = readUsage(chunk, this.#vendor)
    const reports = countNames.some(name => next[name] !== null) || next.problems.length > 0
    if (reports) this.#usage = merged(this.#usage, next)
  }

  /** What is known so far; everything null before the first chunk that tells something. */
  get usage(): VendorUsage {
    return this.#usage
  }
}

function merged(before: VendorUsage, next: VendorUsage): VendorUsage {
  const inputTokenCount = higher(before.inputTokenCount, next.inputTokenCount)
  const reported = higher(before.outputTokenCount, next.outputTokenCount)
  const total = higher(before.totalTokenCount, next.totalTokenCount)
  // A total may come apart from its parts, and hold output that they leave out.
  const rest = inputTokenCount === null || total === null ? null : Math.max(0, total - inputTokenCount)
  const outputTokenCount = higher(reported, rest)
  const sum =
    inputTokenCount === null || outputTokenCount === null ? null : inputTokenCount + outputTokenCount
  return {
    inputTokenCount,
    outputTokenCount,
    cachedInputTokenCount: higher(before.cachedInputTokenCount, next.cachedInputTokenCount),
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
