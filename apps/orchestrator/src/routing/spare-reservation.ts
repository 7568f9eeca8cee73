import type { Log } from '../log.js'
import type { Acquired } from './reserve-among.js'
import type { Candidate } from './resolve-model.js'

/** A reservation that was granted, with the slot of its settlement. */
export type Reserved = Extract<Acquired, { kind: 'granted' }>

/**
 * A reservation at another key, made while a vendor says nothing: that call is given up only for one that can be made. Of
 * a vendor that answers after all, or without room elsewhere, nothing is lost.
 */
export class SpareReservation {
  readonly #log: Log
  #spare: Reserved | null = null
  /** The call that it would replace; null for none, when nothing may be reserved. */
  #call: Candidate | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** Marks the start of a call. @returns marks its end */
  begin(call: Candidate): () => void {
    this.#call = call
    return () => {
      this.#call = null
    }
  }

  /**
   * Reserves at the first of these groups that has room, unless the call ends meanwhile.
   *
   * @returns whether it has; false also if the API fails
   */
  async reserve(
    groups: readonly (readonly Candidate[])[],
    reserveAt: (candidates: readonly Candidate[]) => Promise<Acquired>,
  ): Promise<boolean> {
    const call = this.#call
    try {
      for (const group of groups) {
        const others = group.filter(other => call !== null && !isSame(other, call))
        if (this.#spare !== null || others.length === 0) continue
        const acquired = await reserveAt(others)
        if (acquired.kind !== 'granted') continue
        if (this.#call === call) this.#spare = acquired
        else release(acquired)
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'no other key could be reserved in place of a silent vendor')
    }
    return this.#spare !== null
  }

  /** What is reserved, if it is for one of these; null otherwise. */
  take(candidates: readonly Candidate[]): Reserved | null {
    const spare = this.#spare
    if (spare === null || !candidates.some(candidate => isSame(candidate, spare.candidate))) return null
    this.#spare = null
    return spare
  }

  /** Releases what was not taken. */
  release(): void {
    if (this.#spare !== null) release(this.#spare)
    this.#spare = null
  }
}

function release({ slot, granted }: Reserved): void {
  slot.settle(() => ({ kind: 'release', reservationId: granted.reservationId }))
}

function isSame(left: Candidate, right: Candidate): boolean {
  return left.provider.name === right.provider.name && left.model === right.model
}
