import { QuotaTables, type SubjectKinds } from '@quotakeeper/quota-core'

/**
 * Every subject's settings as last read together, under the mark that changes with any of them. So they need
 * not be read again with every look at all providers: that took most of its time.
 */
export class AllSettings {
  readonly #kinds: SubjectKinds
  #mark = ''
  #tables: QuotaTables

  constructor(kinds: SubjectKinds) {
    this.#kinds = kinds
    this.#tables = new QuotaTables(() => [], { kinds })
  }

  /** They, true while the mark is the same. */
  get tables(): QuotaTables {
    return this.#tables
  }

  /** Empty as long as nothing was read. */
  get mark(): string {
    return this.#mark
  }

  /** Remembers those of the tables, which were read under this mark. */
  learn(tables: QuotaTables, mark: string): void {
    this.#tables = new QuotaTables(() => [], { kinds: this.#kinds })
    this.#tables.copySettings(tables)
    this.#mark = mark
  }
}
