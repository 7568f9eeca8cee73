import { QuotaTables, type SubjectKinds } from '@quotakeeper/quota-core'

/**
 * The settings of every subject of some kinds, as read in one view, with the mark that changes with any of them: reading them again took
 * most of the time of a snapshot of all providers. Apart from the entries of single subjects, which are of different
 * instants: only a view that is whole can be compared with the mark.
 */
export class AllSettings {
  readonly #kinds: SubjectKinds
  #mark = ''
  #tables: QuotaTables

  constructor(kinds: SubjectKinds) {
    this.#kinds = kinds
    this.#tables = new QuotaTables(() => [], { kinds })
  }

  /** True while the mark is the same. Replaced, never changed. */
  get tables(): QuotaTables {
    return this.#tables
  }

  /** Empty until settings were read. */
  get mark(): string {
    return this.#mark
  }

  /** Replaces them by those of the tables, which were read under this mark. */
  put(tables: QuotaTables, mark: string): void {
    this.#tables = new QuotaTables(() => [], { kinds: this.#kinds })
    this.#tables.copySettings(tables)
    this.#mark = mark
  }
}
