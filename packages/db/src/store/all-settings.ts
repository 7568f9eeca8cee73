import { QuotaTables } from '@quotakeeper/quota-core'

/**
 * Every subject's settings as last read together, under the mark that changes with any of them. So they need
 * not be read again with every look at all providers: that took most of its time.
 */
export class AllSettings {
  #mark = ''
  #tables = new QuotaTables(() => [])

  /** Adds them to the tables, which must have been read under this mark; false where they are not known. */
  addTo(tables: QuotaTables, mark: string): boolean {
    if (mark !== this.#mark) return false
    tables.copySettings(this.#tables)
    return true
  }

  /** Remembers those of the tables, which were read under this mark. */
  learn(tables: QuotaTables, mark: string): void {
    this.#tables = new QuotaTables(() => [])
    this.#tables.copySettings(tables)
    this.#mark = mark
  }
}
