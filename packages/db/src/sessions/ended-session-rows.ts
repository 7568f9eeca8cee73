import type { Database, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'
import { fromMs } from '../store/statements/rows.js'
import { begin, commit } from '../store/statements/transaction.js'

/** Ended sessions that are stored one by one: beyond it, all that began before are ended. */
const maxRows = 10_000

/** The ended sessions. */
export interface EndedSessionsState {
  readonly sessions: readonly { readonly id: string; readonly endsAtSeconds: number }[]
  /** Every session that began before has ended; 0 for none. */
  readonly startedBeforeSeconds: number
}

/** Sessions that were ended before their time, for every process that serves the page. */
export class EndedSessionRows {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Stores that a session has ended, and deletes those that are over, a day later, since clocks differ.
   * @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure
   */
  async end({ id, endsAtSeconds }: { readonly id: string; readonly endsAtSeconds: number }): Promise<void> {
    const full = `(select count(*) from ended_session) > ${maxRows}`
    await withCheckedSession(this.#database, session =>
      session.run([
        begin,
        // One after the other, so that the number is bounded however many come at once.
        plain('lock table ended_session in share row exclusive mode'),
        plain(`delete from ended_session where ends_at < clock_timestamp() - interval '1 day'`),
        plain(
          `insert into ended_session (id, ends_at) values ($1, ${fromMs.replace('%', '$2')}) on conflict do nothing`,
          [id, endsAtSeconds * 1_000],
        ),
        plain(`insert into ended_session (id, ends_at, started_before)
          select '', max(ends_at), clock_timestamp() from ended_session where ${full} having count(*) > 0
          on conflict (id) do update set ends_at = excluded.ends_at, started_before = excluded.started_before`),
        plain(`delete from ended_session where id <> '' and ${full}`),
        commit,
      ]),
    )
  }

  /** All that are stored. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
  async read(): Promise<EndedSessionsState> {
    const text = `select id, floor(extract(epoch from ends_at))::bigint as ends_at,
      ceil(extract(epoch from started_before))::bigint as started_before from ended_session limit ${maxRows + 2}`
    const [rows = []] = await withCheckedSession(this.#database, session => session.run([plain(text)]))
    const all = rows.find(row => row['id'] === '')
    return {
      sessions: rows
        .filter(row => row['id'] !== '')
        .map(row => ({ id: String(row['id']), endsAtSeconds: Number(row['ends_at']) })),
      startedBeforeSeconds: Number(all?.['started_before'] ?? 0),
    }
  }
}

function plain(text: string, values: readonly unknown[] = []): Statement {
  return { name: '', text, values }
}
