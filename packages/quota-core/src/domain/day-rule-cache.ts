import type { DayRule } from './day-rule.js'

const maxValues = 1_000

/** A value for each rule of days. Two maps, since one by a text of both parts made that text at every look. */
export class DayRuleCache<Value> {
  readonly #zones = new Map<string, Map<string, Value>>()
  #size = 0

  get({ timeZone, dayStartsAt }: DayRule): Value | undefined {
    return this.#zones.get(timeZone)?.get(dayStartsAt)
  }

  /** Forgets all others where there are a thousand of them. */
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
