import type { Effect } from './effects.js'

/** A limit as it must have held. */
export interface Rule {
  readonly limitName: string
  /** Milliseconds after which a rolling level has drained; null for a calendar window. */
  readonly rollingMs: number | null
  /** The most that was allowed at an instant. */
  readonly maxAllowed: (atMs: number) => number
}

/**
 * Grants after which a limit was above its max. Effects of one and the same millisecond are put in the
 * most lenient order there is, so whatever is reported here has certainly happened.
 * Effects are those of one counter, for a calendar limit of one window.
 */
export function grantsAboveMax(effects: readonly Effect[], rule: Rule): readonly string[] {
  const ordered = [...effects].sort((left, right) => left.atMs - right.atMs)
  const account = new Account(rule.rollingMs)
  const faults: string[] = []
  for (let start = 0; start < ordered.length; ) {
    const atMs = ordered[start]?.atMs ?? 0
    let end = start
    while (ordered[end]?.atMs === atMs) end++
    const together = ordered.slice(start, end)
    start = end
    const most = rule.maxAllowed(atMs)
    account.moveTo(atMs, most)
    for (const effect of together) account.relieve(effect)
    const isGranting = together.some(({ kind, held }) => kind === 'grant' && held > 0)
    if (isGranting && account.units() > most)
      faults.push(`${rule.limitName}: ${account.units()} of ${most} at ${new Date(atMs).toISOString()}`)
    for (const effect of together) account.burden(effect)
  }
  return faults
}

/** What is spent and held, in milliseconds × units for a rolling limit, where it drains. */
class Account {
  readonly #rollingMs: number | null
  #atMs = 0
  #ratePerMs = 0
  #spent = 0
  #held = 0

  constructor(rollingMs: number | null) {
    this.#rollingMs = rollingMs
  }

  moveTo(atMs: number, max: number): void {
    if (this.#rollingMs !== null) {
      // Drains at the rate of max units per window. Below 2^53 for the fire's limits and times.
      this.#ratePerMs = max
      this.#spent = Math.max(0, this.#spent - (atMs - this.#atMs) * max)
    }
    this.#atMs = atMs
  }

  /** Everything that makes room, and what grants hold. */
  relieve(effect: Effect): void {
    this.#held += effect.held
    const undone = this.#undone(effect)
    this.#spent += Math.min(this.#scaled(effect.charged), this.#allowance(effect, undone)) - undone
  }

  /** The rest. */
  burden(effect: Effect): void {
    const charged = this.#scaled(effect.charged)
    this.#spent += charged - Math.min(charged, this.#allowance(effect, this.#undone(effect)))
    this.#spent = Math.max(0, this.#spent)
  }

  units(): number {
    return Math.ceil(Math.max(0, this.#spent) / (this.#rollingMs ?? 1)) + this.#held
  }

  /** How much an effect may charge without making the sum greater than it was. */
  #allowance({ kind, held }: Effect, undone: number): number {
    return kind === 'settle' ? this.#scaled(Math.max(0, -held)) + undone : 0
  }

  /** An older charge gives back what has not drained since. */
  #undone({ undone, chargedAtMs }: Effect): number {
    if (this.#rollingMs === null) return undone
    return Math.max(0, this.#scaled(undone) - (this.#atMs - chargedAtMs) * this.#ratePerMs)
  }

  #scaled(units: number): number {
    return units * (this.#rollingMs ?? 1)
  }
}
