/** State at a vendor that a request refers to, and that no other vendor has. */
export interface StateNeed {
  /** `previous_response_id`, `input.item_reference`, `input_file.file_id`, … */
  readonly field: string
  /** The id as it came; empty where it is no text. */
  readonly id: string
}

/** Why a request cannot be translated. */
export interface RequestRefusal {
  /** The field at fault. */
  readonly field: string
  /** `unsupported`: well-formed, but it insists on what the other dialect lacks. `invalid`: not of its dialect. */
  readonly code: 'unsupported' | 'invalid'
  /** For people: what happened, and the remedy. */
  readonly message: string
}

const maxEntries = 64
const maxNameLength = 80

/** What a translation could not carry over, noted while it goes on. Bounded, whatever a request holds. */
export class Findings {
  readonly #leftOut = new Set<string>()
  readonly #needs = new Map<string, StateNeed>()
  #refusal: RequestRefusal | null = null

  /** Names that go into a header: ASCII without blanks. Each is noted once. */
  leaveOut(name: string): void {
    if (this.#leftOut.size < maxEntries)
      this.#leftOut.add(name.slice(0, maxNameLength).replaceAll(/[^\w.:[\]-]/g, '_'))
  }

  needState(field: string, id: unknown): void {
    const text = typeof id === 'string' ? id : ''
    if (this.#needs.size < maxEntries) this.#needs.set(`${field} ${text}`, { field, id: text })
  }

  /** The first refusal counts. */
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
