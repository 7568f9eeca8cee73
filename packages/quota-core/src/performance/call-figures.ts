import { addHistograms, type DurationHistogram } from './duration-histogram.js'

/** The calls that are summed together. */
export interface CallGroup {
  /** ISO-8601. The hour in UTC in which they began. */
  readonly hourStart: string
  /** `''` for requests that were refused before any vendor was called. */
  readonly providerName: string
  /** The vendor's name of the model; of requests that were refused before, the client's. */
  readonly model: string
  /** `''` for none. */
  readonly consumer: string
  /** Of several models and consumers, which are not named since the hour had too many. */
  readonly isOther: boolean
}

/** Numbers of calls, by how they ended. */
export interface CallEndings {
  /** The vendor's answer was passed on to its end. */
  readonly answeredCount: number
  /** The vendor refused the call: a limit, the key, the model, or the request. */
  readonly refusedCount: number
  /** The vendor was not reached, did not answer in time, or broke off. */
  readonly failedCount: number
  /** The client left before the end. */
  readonly abortedCount: number
  /** Requests that were refused before any vendor was called: no key had room, or the consumer had none. */
  readonly turnedAwayCount: number
}

/** What is known of the calls of a group. */
export interface CallFigures extends CallGroup, CallEndings {
  /** Of answered calls: from sending to the end of the answer, at the client's pace. */
  readonly durations: DurationHistogram
  /** Of answered streams: from sending to the first content. */
  readonly firstTokens: DurationHistogram
}

export const noCalls: CallEndings = {
  answeredCount: 0,
  refusedCount: 0,
  failedCount: 0,
  abortedCount: 0,
  turnedAwayCount: 0,
}

/** The names of the endings. */
// The keys of an object of that type, which TypeScript gives as strings.
export const callEndings = Object.keys(noCalls) as readonly (keyof CallEndings)[]

/** The hour in which an instant lies. */
export function hourStartOf(instantMs: number): string {
  return new Date(Math.floor(instantMs / 3_600_000) * 3_600_000).toISOString()
}

/** Calls that were made, refused, or turned away: to vendors, or `turnedAwayCount` alone. */
export function callsToVendors({
  answeredCount,
  refusedCount,
  failedCount,
  abortedCount,
}: CallEndings): number {
  return answeredCount + refusedCount + failedCount + abortedCount
}

/**
 * The share of calls that were answered, 0 to 1; null where none was made. Calls that their client left count for neither.
 */
export function successShare({ answeredCount, refusedCount, failedCount }: CallEndings): number | null {
  const ended = answeredCount + refusedCount + failedCount
  return ended === 0 ? null : answeredCount / ended
}

/** The group as one text. */
export function callGroupKey({ hourStart, providerName, model, consumer, isOther }: CallGroup): string {
  return JSON.stringify([hourStart, providerName, model, consumer, isOther])
}

/** Whether these are requests that were refused before any vendor was called, or calls of several providers. */
export function hasNoProvider({ providerName }: Pick<CallGroup, 'providerName'>): boolean {
  return providerName === ''
}

/**
 * Share of the groups for requests that were turned away. Their clients make up the models, and would displace the calls of
 * everybody else.
 */
const shareWithoutProvider = 0.2

/**
 * The group in whose place calls are counted, so that the number of groups is bounded: with `maxGroups`, calls of a new
 * group are counted without its model and consumer; with twice as many, without the provider, too. Groups without a
 * provider are counted apart, up to a fifth as many.
 */
export function groupWithin(
  group: CallGroup,
  known: {
    /** Of the groups with a provider, or of those without, as this one. */
    readonly count: number
    readonly has: (group: CallGroup) => boolean
    readonly maxGroups: number
  },
): CallGroup {
  const maxGroups = hasNoProvider(group) ? known.maxGroups * shareWithoutProvider : known.maxGroups
  const ofProvider = { ...group, model: '', consumer: '', isOther: true }
  const places = [
    { place: group, max: maxGroups },
    { place: ofProvider, max: 2 * maxGroups },
  ]
  const found = places.find(({ place, max }) => known.has(place) || known.count < max)
  return found?.place ?? { ...ofProvider, providerName: '' }
}

/** Sums of calls by group, a bounded number of groups: see {@link groupWithin}. */
export class CallSums {
  readonly #maxGroups: number
  readonly #sums = new Map<string, CallFigures>()
  #countWithoutProvider = 0

  constructor(maxGroups: number) {
    this.#maxGroups = maxGroups
  }

  add(figures: CallFigures): void {
    const { size } = this.#sums
    const group = groupWithin(figures, {
      count: hasNoProvider(figures) ? this.#countWithoutProvider : size - this.#countWithoutProvider,
      has: other => this.#sums.has(callGroupKey(other)),
      maxGroups: this.#maxGroups,
    })
    const key = callGroupKey(group)
    const { hourStart, providerName, model, consumer, isOther } = group
    const placed = { ...figures, hourStart, providerName, model, consumer, isOther }
    const before = this.#sums.get(key)
    this.#sums.set(key, before === undefined ? placed : addFigures(before, placed))
    if (before === undefined && hasNoProvider(group)) this.#countWithoutProvider++
  }

  get size(): number {
    return this.#sums.size
  }

  /** The sums, in the order of their first call. */
  list(): readonly CallFigures[] {
    return [...this.#sums.values()]
  }
}

/** The sum of two of one group. */
function addFigures(left: CallFigures, right: CallFigures): CallFigures {
  return {
    ...left,
    answeredCount: left.answeredCount + right.answeredCount,
    refusedCount: left.refusedCount + right.refusedCount,
    failedCount: left.failedCount + right.failedCount,
    abortedCount: left.abortedCount + right.abortedCount,
    turnedAwayCount: left.turnedAwayCount + right.turnedAwayCount,
    durations: addHistograms(left.durations, right.durations),
    firstTokens: addHistograms(left.firstTokens, right.firstTokens),
  }
}
