import type { Outputs } from '../api/connect.js'
import { toFailure } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import type { Session } from '../session.js'
import { clockFinding, type Finding } from './finding.js'

type Check = Outputs['system']['check']

/** What the API tells of itself, its configuration and its database. */
export interface ApiFindings {
  readonly findings: readonly Finding[]
  /** Whether its ledger can be asked for. */
  readonly hasDatabase: boolean
}

/** Or the one that no API answers. @throws Failure where it refuses */
export async function apiFindings({ client, api }: Session): Promise<ApiFindings | Finding> {
  const askedMs = Date.now()
  let check: Check
  try {
    check = await client.system.check.query()
  } catch (error) {
    const failure = toFailure(error, api.url)
    if (!(failure instanceof Failure) || failure.exitCode !== exitCodes.unreachable) throw failure
    return { about: 'API', found: 'it does not answer', remedy: failure.message }
  }
  const { version, now, configFile, configProblem, database } = check
  const about = 'configuration'
  const findings = [
    { about: 'API', found: `version ${version} answers at ${api.url}`, remedy: null },
    configProblem === null
      ? { about, found: configFile ?? 'none, so sample providers', remedy: null }
      : { about, found: configProblem, remedy: 'mend it before the next start, which would not come about' },
    clockFinding('clock of the API', Date.parse(now), askedMs),
    databaseFinding(database),
  ]
  return { findings, hasDatabase: database !== null }
}

function databaseFinding(database: Check['database']): Finding {
  const about = 'database'
  if (database === null) {
    const remedy = 'bring it up: the API comes back to it by itself, and grants nothing meanwhile'
    return { about, found: 'it does not answer the API', remedy }
  }
  const { kind, version, pendingMigrations, foreignMigrations } = database
  const name = kind === 'pglite' ? `the embedded PostgreSQL ${version}` : `PostgreSQL ${version}`
  if (foreignMigrations > 0) {
    const found = `${name}, with tables of a newer release (${foreignMigrations} migrations more)`
    return {
      about,
      found,
      remedy: 'upgrade this API: it works with the tables of the next release, not of later ones',
    }
  }
  if (pendingMigrations > 0) {
    const found = `${name}, with tables of an older release (${pendingMigrations} migrations behind)`
    return { about, found, remedy: 'start the API anew, which brings them up to date' }
  }
  return { about, found: `${name}, with the tables of this release`, remedy: null }
}
