import { QuotaError, type ReadOptions } from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { DatabaseFailure } from '../store/failures.js'

/**
 * The rows of a statement that gives way to calls; its errors are those of a session.
 * @throws QuotaError READ_REFUSED, STORE_UNAVAILABLE; DatabaseFailure with the server's error as its cause.
 */
export async function readRows(
  database: Database,
  statement: Statement,
  options?: ReadOptions,
): Promise<readonly Row[]> {
  try {
    const [rows = []] = await database.read([statement], options)
    return rows
  } catch (error) {
    if (error instanceof QuotaError) throw error
    throw new DatabaseFailure('a query has failed', { cause: error })
  }
}

/** Collects conditions and their values: each value is named by its position. */
export class Conditions {
  readonly values: unknown[] = []
  readonly #conditions: string[] = []

  /** Adds a value, and answers how a statement names it. */
  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  add(condition: string): void {
    this.#conditions.push(condition)
  }

  /** The conjunction of all; one that always holds where there are none. */
  toString(): string {
    return this.#conditions.length === 0 ? 'true' : this.#conditions.join(' and ')
  }
}
