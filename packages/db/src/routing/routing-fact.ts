import type { Database } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'

const factName = 'routing'

/** A change of the stored settings, for the audit log. */
export interface RoutingChange {
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
}

/** The settings of routing that were made over the API: one text, whose content is its writer's. */
export class RoutingFact {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Null if none are stored. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
  async read(): Promise<string | null> {
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([
        {
          name: 'read-routing',
          text: 'select value from installation_fact where name = $1',
          values: [factName],
        },
      ]),
    )
    const value = rows[0]?.['value']
    return typeof value === 'string' ? value : null
  }

  /**
   * Replaces the text and writes the audit log, if the stored text is still the one that was read.
   * @param before null if none was stored
   * @returns whether it was replaced
   * @throws as {@link read} does
   */
  async replace(before: string | null, after: string, { actor, details }: RoutingChange): Promise<boolean> {
    const put =
      before === null
        ? 'insert into installation_fact (name, value) values ($1, $2) on conflict do nothing returning name'
        : 'update installation_fact set value = $2 where name = $1 and value = $5 returning name'
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([
        {
          name: before === null ? 'insert-routing' : 'replace-routing',
          text: `with put as (${put})
            insert into audit_log (at, actor, action, subject_kind, subject_name, details)
            select clock_timestamp(), $3, 'routing.update', 'routing', name, $4::jsonb from put returning id`,
          values: [factName, after, actor, JSON.stringify(details), ...(before === null ? [] : [before])],
        },
      ]),
    )
    return rows.length > 0
  }
}
