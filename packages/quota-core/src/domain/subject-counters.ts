import type { Counter } from './counter.js'

/** Counters of single models of one limit, and their total number. */
export interface ModelCounters {
  /** The most recently used counters, in no order: at least as many as answers list. */
  readonly newest: Iterable<Counter>
  readonly count: number
}

/**
 * The counters of one subject by model: all, or those of the models that a store has loaded. Whether another model has
 * a counter is unknown. Treating it as absent would grant its quota again, so reading it throws.
 */
export class SubjectCounters {
  /** Least recently used first. */
  readonly #models = new Map<string, Map<string, Counter>>()
  readonly #newest = new Map<string, ModelCounters>()
  #isWhole: boolean
  #modelSize = 0

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  /** Whether every existing counter is loaded. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Loaded counters of single models, plus models known to have none. */
  get modelSize(): number {
    return this.#modelSize
  }

  /** Whether the counters of the model are loaded; `''` for the shared ones. */
  knows(model: string): boolean {
    return this.#isWhole || this.#models.has(model)
  }

  /** @throws Error if the model is not loaded */
  get(model: string, limitId: string): Counter | undefined {
    return this.#of(model)?.get(limitId)
  }

  /** The counters of one model; `''` for the shared ones. @throws Error if it is not loaded */
  ofModel(model: string): Iterable<Counter> {
    return this.#of(model)?.values() ?? []
  }

  /** Every counter. @throws Error if some may not be loaded */
  *all(): Iterable<Counter> {
    if (!this.#isWhole) throw new Error('not every counter of the subject was loaded')
    for (const counters of this.#models.values()) yield* counters.values()
  }

  /** @throws Error if they are not loaded */
  ofLimit(limitId: string): ModelCounters {
    const loaded = this.#newest.get(limitId)
    if (loaded !== undefined) return loaded
    const newest: Counter[] = []
    for (const counter of this.all()) {
      if (counter.limitId === limitId && counter.model !== '') newest.push(counter)
    }
    return { newest, count: newest.length }
  }

  /** Marks every counter as loaded; the caller has set all existing ones, or is about to. */
  loadAll(): void {
    this.#isWhole = true
  }

  /** Marks the model as loaded; the caller has set its counters, or is about to. */
  loadModel(model: string): void {
    if (this.#models.has(model)) return
    this.#models.set(model, new Map())
    if (model !== '') this.#modelSize++
  }

  /** Sets the counters of a limit that answers list. Not used by decisions. */
  loadNewest(limitId: string, counters: ModelCounters): void {
    this.#newest.set(limitId, counters)
  }

  /** @throws Error if the model is not loaded */
  set(counter: Counter): void {
    if (this.#isWhole) this.loadModel(counter.model)
    const counters = this.#of(counter.model)
    if (counter.model !== '' && counters?.has(counter.limitId) === false) this.#modelSize++
    counters?.set(counter.limitId, counter)
  }

  /** @throws Error if the model is not loaded */
  delete({ model, limitId }: Counter): void {
    if (this.#of(model)?.delete(limitId) === true && model !== '') this.#modelSize--
    if (this.#isWhole && this.#models.get(model)?.size === 0) this.#drop(model)
  }

  /** Adds the models loaded in `from`; others stay. */
  addLoaded(from: SubjectCounters): void {
    if (from.#isWhole) this.#isWhole = true
    for (const [model, counters] of from.#models) {
      this.#drop(model)
      this.loadModel(model)
      for (const counter of counters.values()) this.set(counter)
    }
  }

  /** Marks the model as recently used; others are evicted first. */
  touch(model: string): void {
    const counters = this.#models.get(model)
    if (counters === undefined || model === '') return
    this.#models.delete(model)
    this.#models.set(model, counters)
  }

  /** Evicts least recently used models until `modelSize` is at most this. */
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
