import type { DayRule } from './day-rule.js'

const maxValues = 1_000

/** A cache keyed by day rule. Two nested maps, since a single map would build a key text at every lookup. */
export class DayRuleCache<Value> {
  readonly #zones = new Map<string, Map<string, Value>>()
  #size = 0

  get({ timeZone, dayStartsAt }: DayRule): Value | undefined {
    return this.#zones.get(timeZone)?.get(dayStartsAt)
  }

  /** Clears the cache first if it holds 1,000 entries. */
  set({ timeZone, dayStartsAt }: DayRule, value: Value): void {
    if (this.#size >= maxValues) {
      this.#zones.clear()
      this.#size = 0
    }
    const values = this.#zones.get(timeZone) ?? new Map<string, Value>()
    if (!values.has(dayStartsAt)) this.#size++
    values.set(dayStartsAt, value)
    this.#zones.set(timeZone, values)
  }
}
