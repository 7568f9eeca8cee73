/** State at one vendor that a request refers to. */
export interface StateNeed {
  /** `previous_response_id`, `input.item_reference`, `input_file.file_id`, … */
  readonly field: string
  /** The unchanged id; empty if not a text. */
  readonly id: string
}

/** Why a request cannot be translated. */
export interface RequestRefusal {
  /** The offending field. */
  readonly field: string
  /** `unsupported`: well-formed, but requires what the other dialect lacks. `invalid`: not valid in its dialect. */
  readonly code: 'unsupported' | 'invalid'
  /** Message for people, with the remedy. */
  readonly message: string
}

const maxEntries = 64
const maxNameLength = 80

/** Collects what a translation could not carry over. Bounded for any request. */
export class Findings {
  readonly #leftOut = new Set<string>()
  readonly #needs = new Map<string, StateNeed>()
  #refusal: RequestRefusal | null = null

  /** Records a name for a header (ASCII without spaces), once. */
  leaveOut(name: string): void {
    if (this.#leftOut.size < maxEntries)
      this.#leftOut.add(name.slice(0, maxNameLength).replaceAll(/[^\w.:[\]-]/g, '_'))
  }

  needState(field: string, id: unknown): void {
    const text = typeof id === 'string' ? id : ''
    if (this.#needs.size < maxEntries) this.#needs.set(`${field} ${text}`, { field, id: text })
  }

  /** Records a refusal; the first counts. */
  refuse(refusal: RequestRefusal): void {
    this.#refusal ??= refusal
  }

  get leftOut(): string[] {
    return [...this.#leftOut]
  }

  get needsState(): StateNeed[] {
    return [...this.#needs.values()]
  }

  get refusal(): RequestRefusal | null {
    return this.#refusal
  }
}
