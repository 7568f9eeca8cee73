import type { StoredAlert } from '@quotakeeper/quota-core'
import type { Database, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'
import { alertColumns, storedAlert } from './stored-alert.js'

/** An alert in the order of ids. */
export interface FedAlert {
  readonly alert: StoredAlert
  /** Whether no alert with a lower id can appear any more. */
  readonly isSettled: boolean
}

/** Alerts that are read at once. */
const maxRead = 500
/**
 * Ids are assigned in transactions, and a lower one may appear after a higher one. Transactions end within 7 s, by the
 * time-outs of every connection: below an alert that is older than this, no other can appear.
 */
const settledAfterSeconds = 15
const isSettled = `a.raised_at < clock_timestamp() - interval '${settledAfterSeconds} seconds'`

/** Alerts in the order of their ids, for subscribers. */
export class AlertFeed {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The highest id below which nothing can appear any more; 0 for none. @throws QuotaError STORE_UNAVAILABLE */
  async settledId(): Promise<number> {
    const text = `select a.id from quota_alert as a where ${isSettled} order by a.id desc limit 1`
    const [row] = await this.#run({ name: 'settled-alert', text, values: [] })
    return Number(row?.['id'] ?? 0)
  }

  /** No alert has had a higher id in this database; 0 if none has had one. @throws QuotaError STORE_UNAVAILABLE */
  async lastId(): Promise<number> {
    // A move sets the sequence without using it, and retention deletes rows: neither alone knows.
    const text = `select greatest(
      pg_sequence_last_value(pg_get_serial_sequence('quota_alert', 'id')::regclass),
      (select max(a.id) from quota_alert as a)) as id`
    const [row] = await this.#run({ name: 'last-alert', text, values: [] })
    return Number(row?.['id'] ?? 0)
  }

  /** The next alerts above an id, at most 500. @throws QuotaError STORE_UNAVAILABLE */
  async after(id: number): Promise<readonly FedAlert[]> {
    const rows = await this.#run({
      name: 'alerts-after',
      text: `select ${alertColumns}, ${isSettled} as is_settled from quota_alert as a
        where a.id > $1::bigint order by a.id limit ${maxRead}`,
      values: [id],
    })
    return rows.map(row => ({ alert: storedAlert(row), isSettled: row['is_settled'] === true }))
  }

  async #run(statement: Statement) {
    const [rows = []] = await withCheckedSession(this.#database, session => session.run([statement]))
    return rows
  }
}
