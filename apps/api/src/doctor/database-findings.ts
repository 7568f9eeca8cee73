import { type DatabaseState, describeUnreachable } from '@quotakeeper/db'
import { type Finding, messageOf } from './finding.js'

/** The oldest PostgreSQL that this runs on. */
const oldestMajor = 15
/** A clock that is further off counts calls near the edges of windows into the wrong one. */
const mostClockDriftMs = 2_000

/** What can be told of a database. */
export interface DatabaseFindings {
  readonly findings: readonly Finding[]
  /** Whether its tables are those of this release, so that its books can be added up. */
  readonly canExamine: boolean
}

/**
 * Looks at a database without changing anything. Never rejects: what fails is a finding.
 * @param databaseUrl named in it without its password; null where whoever asks is not to know it
 */
export async function databaseFindings(
  read: () => Promise<DatabaseState>,
  databaseUrl: string | null,
): Promise<DatabaseFindings> {
  const askedMs = Date.now()
  try {
    const state = await read()
    return {
      findings: [stateFinding(state), clockFinding(state.nowMs, askedMs)],
      canExamine: state.pending === 0 && state.foreign === 0,
    }
  } catch (error) {
    return { findings: [faultFinding(error, databaseUrl)], canExamine: false }
  }
}

/** The innermost reason is the driver's: it names the host, the user or the database, and no password. */
export function faultFinding(error: unknown, databaseUrl: string | null): Finding {
  const unreachable = databaseUrl === null ? null : describeUnreachable(error, databaseUrl)
  if (unreachable !== null) return { about: 'database', ...unreachable }
  let reason: unknown = error
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause !== undefined; depth++)
    reason = reason.cause
  return {
    about: 'database',
    found: `it does not answer (${messageOf(reason)})`,
    remedy: 'bring it up, or set QUOTA_DATABASE_URL right',
  }
}

function stateFinding({ kind, version, applied, pending, foreign }: DatabaseState): Finding {
  const about = 'database'
  const name = kind === 'pglite' ? `the embedded PostgreSQL ${version}` : `PostgreSQL ${version}`
  if (Number.parseInt(version, 10) < oldestMajor)
    return { about, found: name, remedy: `upgrade it: PostgreSQL ${oldestMajor} is the oldest that will do` }
  if (foreign > 0) {
    const found = `${name}, with tables of a newer release (${foreign} migrations more)`
    return { about, found, remedy: 'upgrade to that release: this one knows the tables of the next alone' }
  }
  if (pending > 0 && applied === 0)
    return { about, found: `${name}, with no tables yet: the first start makes them`, remedy: null }
  if (pending > 0) {
    const found = `${name}, with tables of an older release (${pending} migrations behind)`
    return { about, found, remedy: 'start the API anew, which brings them up to date' }
  }
  return { about, found: `${name}, with the tables of this release`, remedy: null }
}

/** How far the database's clock is off, by the middle of the time that asking took. */
function clockFinding(toldMs: number, askedMs: number): Finding {
  const answeredMs = Date.now()
  const driftMs = Math.round(toldMs - (askedMs + answeredMs) / 2)
  const isNear = Math.abs(driftMs) <= mostClockDriftMs + (answeredMs - askedMs) / 2
  return {
    about: 'clock of the database',
    found: `${driftMs < 0 ? '' : '+'}${driftMs} ms from that of the machine that asks it`,
    remedy: isNear ? null : 'set the clocks by NTP: windows turn by the clock of the database',
  }
}
