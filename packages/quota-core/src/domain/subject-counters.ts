import type { Counter } from './counter.js'

/** The counters of single models that a limit has, and how many there are. */
export interface ModelCounters {
  /** Those that were touched last, in no order: as many as answers list, or more. */
  readonly newest: Iterable<Counter>
  readonly count: number
}

/**
 * The counters of one subject, by model: all that there are, or those of the models that a store has loaded. Of any
 * other model it is not known whether there is one: to take it for absent would grant its quota anew, so that asking is
 * an error.
 */
export class SubjectCounters {
  /** In the order in which they were last touched. */
  readonly #models = new Map<string, Map<string, Counter>>()
  readonly #newest = new Map<string, ModelCounters>()
  #isWhole: boolean
  #modelSize = 0

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  /** Whether every counter that there is is here. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** How much there is of single models: counters, and models that are known to have none. */
  get modelSize(): number {
    return this.#modelSize
  }

  /** Whether it is known which counters of the model there are; `''` are the shared ones. */
  knows(model: string): boolean {
    return this.#isWhole || this.#models.has(model)
  }

  /** @throws Error where the model was not loaded. */
  get(model: string, limitId: string): Counter | undefined {
    return this.#of(model)?.get(limitId)
  }

  /** The counters of one model; `''` for the shared ones. @throws Error where it was not loaded. */
  ofModel(model: string): Iterable<Counter> {
    return this.#of(model)?.values() ?? []
  }

  /** Every counter. @throws Error where some may not be loaded. */
  *all(): Iterable<Counter> {
    if (!this.#isWhole) throw new Error('not every counter of the subject was loaded')
    for (const counters of this.#models.values()) yield* counters.values()
  }

  /** @throws Error where they were not loaded. */
  ofLimit(limitId: string): ModelCounters {
    const loaded = this.#newest.get(limitId)
    if (loaded !== undefined) return loaded
    const newest: Counter[] = []
    for (const counter of this.all()) {
      if (counter.limitId === limitId && counter.model !== '') newest.push(counter)
    }
    return { newest, count: newest.length }
  }

  /** Notes that every counter that there is has been, or is about to be set. */
  loadAll(): void {
    this.#isWhole = true
  }

  /** Notes that all counters of the model have been, or are about to be set. */
  loadModel(model: string): void {
    if (this.#models.has(model)) return
    this.#models.set(model, new Map())
    if (model !== '') this.#modelSize++
  }

  /** Sets those counters of a limit that answers list. They serve no decision. */
  loadNewest(limitId: string, counters: ModelCounters): void {
    this.#newest.set(limitId, counters)
  }

  /** @throws Error where the model was not loaded. */
  set(counter: Counter): void {
    if (this.#isWhole) this.loadModel(counter.model)
    const counters = this.#of(counter.model)
    if (counter.model !== '' && counters?.has(counter.limitId) === false) this.#modelSize++
    counters?.set(counter.limitId, counter)
  }

  /** @throws Error where the model was not loaded. */
  delete({ model, limitId }: Counter): void {
    if (this.#of(model)?.delete(limitId) === true && model !== '') this.#modelSize--
    if (this.#isWhole && this.#models.get(model)?.size === 0) this.#drop(model)
  }

  /** Takes the models that others have loaded over, and leaves those that they have not. */
  addLoaded(from: SubjectCounters): void {
    if (from.#isWhole) this.#isWhole = true
    for (const [model, counters] of from.#models) {
      this.#drop(model)
      this.loadModel(model)
      for (const counter of counters.values()) this.set(counter)
    }
  }

  /** Notes that the model is in use: others are forgotten first. */
  touch(model: string): void {
    const counters = this.#models.get(model)
    if (counters === undefined || model === '') return
    this.#models.delete(model)
    this.#models.set(model, counters)
  }

  /** Forgets the models that were touched the longest ago until no more than this is left of single models. */
  forgetBeyond(maxModelSize: number): void {
    if (this.#modelSize <= maxModelSize) return
    this.#isWhole = false
    this.loadModel('')
    for (const model of this.#models.keys()) {
      if (this.#modelSize <= maxModelSize) return
      if (model !== '') this.#drop(model)
    }
  }

  #drop(model: string): void {
    const counters = this.#models.get(model)
    if (counters === undefined) return
    if (model !== '') this.#modelSize -= 1 + counters.size
    this.#models.delete(model)
  }

  #of(model: string): Map<string, Counter> | undefined {
    const counters = this.#models.get(model)
    if (counters === undefined && !this.#isWhole)
      throw new Error(`the store has not loaded the counters of the model "${model}"`)
    return counters
  }
}
