/** Ids that may be told of at once, above the first that is not settled. */
const maxBeyond = 500

/**
 * How far a follower of alerts has come: everything up to `through`, and some beyond. Ids are given before alerts
 * can be seen, so that a lower one may come after a higher one; a single number would lose it, or tell others twice.
 * As text, the id of an event: `118`, or `118+120+121`.
 */
export class AlertPosition {
  #through: number
  readonly #beyond: Set<number>

  constructor(through: number, beyond: Iterable<number> = []) {
    this.#through = through
    this.#beyond = new Set(beyond)
  }

  /** Null for what is no position. */
  static parse(text: string): AlertPosition | null {
    if (!/^\d{1,15}(?:\+\d{1,15})*$/.test(text)) return null
    const [through = 0, ...beyond] = text.split('+').map(Number)
    return beyond.length > maxBeyond ? null : new AlertPosition(through, beyond)
  }

  /** Everything up to this id has been told, or never will be there. */
  get through(): number {
    return this.#through
  }

  has(id: number): boolean {
    return id <= this.#through || this.#beyond.has(id)
  }

  /** Notes that the alert has been told; a settled one, that nothing below it is missing. */
  notify(id: number, isSettled: boolean): void {
    this.#beyond.add(id)
    if (isSettled) this.#through = Math.max(this.#through, id)
    while (this.#beyond.has(this.#through + 1)) this.#through++
    for (const reported of this.#beyond) if (reported <= this.#through) this.#beyond.delete(reported)
  }

  toString(): string {
    return [this.#through, ...[...this.#beyond].sort((left, right) => left - right)].join('+')
  }
}
