import {
  type ProvidersPage,
  type ProvidersQuery,
  providerKind,
  providerRef,
  QuotaTables,
} from '@quotakeeper/quota-core'
import type { Database, Statement } from '../database/database.js'
import type { StateCache } from '../store/cache/state-cache.js'
import { withCheckedSession } from '../store/failures.js'
import { quickLocks } from '../store/lanes/lock-patience.js'
import { addSettings } from '../store/load/load-state.js'
import { providerSelection, readProvider } from '../store/statements/owners.js'

/**
 * A page of the providers in use with their settings. Their names and versions are read, and the settings of those that
 * are not cached in this version: a list of 2,000 providers took 127 ms of a core with all settings read, 42 with the
 * versions. Like other reads of settings it does not give way to calls.
 */
export async function providersPage(
  database: Database,
  query: ProvidersQuery,
  cache: StateCache,
): Promise<ProvidersPage> {
  const state = new QuotaTables(() => [], { holdsAllCounters: false, kinds: cache.kinds })
  const found = await withCheckedSession(
    database,
    async session => {
      const [rows = []] = await session.run([readVersions(query)])
      const outdated: string[] = []
      for (const row of rows.slice(0, query.pageSize)) {
        const name = String(row['name'])
        const known = cache.settings(providerRef(name))
        if (known?.subject.version !== Number(row['version'])) outdated.push(name)
        else
          state.apply([
            { table: 'owner', row: known.owner },
            { table: 'subject', row: known.subject },
          ])
      }
      if (outdated.length === 0) return rows
      const [read = []] = await session.run([readSettings(outdated)])
      const fresh = new QuotaTables(() => [], { holdsAllCounters: false, kinds: cache.kinds })
      addSettings(fresh, { subjects: read, owners: read.map(readProvider) })
      cache.putSettingsOfRead(fresh)
      state.copySettings(fresh)
      return rows
    },
    quickLocks,
  )
  const names = found.slice(0, query.pageSize).map(row => String(row['name']))
  return {
    state,
    // Without those that were removed between both statements.
    names: names.filter(name => state.provider(name)?.removedAtMs === null),
    isLast: found.length <= query.pageSize,
  }
}

/** One row more than the page holds. */
function readVersions({ afterName, pageSize }: ProvidersQuery): Statement {
  return {
    name: 'page-of-providers',
    text: `select p.name, s.version
      from (
        select name from ai_provider where removed_at is null and ($1::text is null or name collate "C" > $1)
        order by name collate "C" limit $2
      ) as p
      join quota_subject as s on s.kind = '${providerKind}' and s.name = p.name
      order by p.name collate "C"`,
    values: [afterName, pageSize + 1],
  }
}

const settings = ['time_zone', 'day_starts_at', 'month_starts_on', 'limits', 'thresholds_percent', 'version']

/** Each provider with its subject's settings in the same row, so that both are of one version. */
function readSettings(names: readonly string[]): Statement {
  return {
    name: 'settings-of-providers',
    text: `select '${providerKind}' as kind, null as owner, p.*, ${settings.map(column => `s.${column}`).join(', ')}
      from (select ${providerSelection} from ai_provider where name = any($1::text[])) as p
      join quota_subject as s on s.kind = '${providerKind}' and s.name = p.name`,
    values: [names],
  }
}
