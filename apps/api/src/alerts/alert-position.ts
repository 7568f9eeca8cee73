/** Most sent ids kept beyond the first unsettled one. */
const maxBeyond = 500

/**
 * The position of an alert subscriber: every id up to `through`, and some beyond. Ids are assigned before alerts are
 * visible, so that a lower id may appear after a higher one; a single number would lose it or send others twice. Its
 * text is the event id: `118`, or `118+120+121`.
 */
export class AlertPosition {
  #through: number
  readonly #beyond: Set<number>

  constructor(through: number, beyond: Iterable<number> = []) {
    this.#through = through
    this.#beyond = new Set(beyond)
  }

  /** Null for invalid text. */
  static parse(text: string): AlertPosition | null {
    if (!/^\d{1,15}(?:\+\d{1,15})*$/.test(text)) return null
    const [through = 0, ...beyond] = text.split('+').map(Number)
    return beyond.length > maxBeyond ? null : new AlertPosition(through, beyond)
  }

  /** Every id up to this one was sent, or will never appear. */
  get through(): number {
    return this.#through
  }

  /** The highest id that was sent, or will never appear. */
  get newest(): number {
    return Math.max(this.#through, ...this.#beyond)
  }

  has(id: number): boolean {
    return id <= this.#through || this.#beyond.has(id)
  }

  /** Records that the alert was sent. `isSettled`: no lower id can appear any more. */
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
