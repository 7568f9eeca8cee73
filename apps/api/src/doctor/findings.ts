import { type DatabaseState, describeUnreachable } from '@quotakeeper/db'
import type { AheadSubject } from '@quotakeeper/quota-core'
import { findConfig } from '../config/configure.js'

/** A check and its remedy; null if none is needed. */
export interface Finding {
  readonly about: string
  readonly found: string
  readonly remedy: string | null
  /** What `doctor --fix` would repair; absent if it cannot. */
  readonly fix?: 'clock'
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // For a host with several addresses, Node.js throws one aggregate error without a message.
  const { message } = error
  return message === '' && 'code' in error ? String(error.code) : message
}

const about = 'clock of the records'
/** Most findings to list. */
const maxFindings = 10

/** Providers and pools written while the database's clock was ahead, whose windows now wait for it. */
export function aheadFindings(ahead: readonly AheadSubject[]): readonly Finding[] {
  const findings = ahead.slice(0, maxFindings).map((subject): Finding => {
    const { kind, name } = subject
    return {
      about,
      found: `the last record of ${kind} "${name}" is ${inWords(subject.aheadMs)} ahead of the database's clock; its limits do not reset until then`,
      remedy: `set the database's clock right, then run "quotakeeper doctor --fix", which re-dates records from the future to now${kind === 'provider' ? `; "quotakeeper usage reset ${name}" also resets today's usage` : ''}`,
      fix: 'clock',
    }
  })
  const more = ahead.length - findings.length
  if (more === 0) return findings
  const found = `${more} more providers and pools are ahead of the database's clock`
  return [...findings, { about, found, remedy: 'the same command repairs them', fix: 'clock' }]
}

/** The result of a rewind. */
export function rewoundFinding(rewound: readonly AheadSubject[]): Finding {
  const named = rewound.slice(0, maxFindings).map(({ kind, name }) => `${kind} "${name}"`)
  const more = rewound.length - named.length
  const names = more > 0 ? [...named, `${more} more`] : named
  const found =
    names.length === 0
      ? "nothing is ahead of the database's clock any more"
      : `moved back to the database's clock: ${names.join(', ')}`
  return { about, found, remedy: null }
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes < 180 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}

/**
 * Checks whether the API could start with the current configuration file. `configPath`: null for the default one, if it
 * exists.
 */
export function configurationFinding(configPath: string | null): Finding {
  const about = 'configuration'
  try {
    return { about, found: findConfig(configPath)?.path ?? 'none; sample providers are used', remedy: null }
  } catch (error) {
    return {
      about,
      found: messageOf(error),
      remedy: 'fix it: the API will not start with it',
    }
  }
}

/** The oldest supported PostgreSQL. */
const oldestMajor = 15
/** With a larger clock error, calls near the edges of windows count in the wrong one. */
const maxClockDriftMs = 2_000

/** The findings of a database. */
export interface DatabaseFindings {
  readonly findings: readonly Finding[]
  /** Whether its tables are those of this release, so that it can be examined. */
  readonly canExamine: boolean
}

/**
 * Checks a database without changing it. Never rejects: failures are findings.
 * @param databaseUrl shown without its password; null to omit it
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

/** The innermost cause is the driver's, which names the host, user or database and no password. */
export function faultFinding(error: unknown, databaseUrl: string | null): Finding {
  const unreachable = databaseUrl === null ? null : describeUnreachable(error, databaseUrl)
  if (unreachable !== null) {
    const { found, remedy } = unreachable
    return { about: 'database', found, remedy }
  }
  let reason: unknown = error
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause !== undefined; depth++)
    reason = reason.cause
  return {
    about: 'database',
    found: `it does not answer (${messageOf(reason)})`,
    remedy: 'start it, or correct QUOTA_DATABASE_URL',
  }
}

function stateFinding({ kind, version, applied, pending, foreign }: DatabaseState): Finding {
  const about = 'database'
  const name = kind === 'pglite' ? `the embedded PostgreSQL ${version}` : `PostgreSQL ${version}`
  if (Number.parseInt(version, 10) < oldestMajor)
    return {
      about,
      found: name,
      remedy: `upgrade it: PostgreSQL ${oldestMajor} is the oldest supported version`,
    }
  if (foreign > 0) {
    const found = `${name}, with tables of a newer release (${foreign} migrations more)`
    return {
      about,
      found,
      remedy: 'upgrade to that release: this one supports only the next release’s tables',
    }
  }
  if (pending > 0 && applied === 0)
    return { about, found: `${name}, without tables: the first start creates them`, remedy: null }
  if (pending > 0) {
    const found = `${name}, with tables of an older release (${pending} migrations behind)`
    return { about, found, remedy: 'restart the API, which migrates them' }
  }
  return { about, found: `${name}, with the tables of this release`, remedy: null }
}

/** The error of the database's clock, relative to the middle of the query. */
function clockFinding(reportedMs: number, askedMs: number): Finding {
  const answeredMs = Date.now()
  const driftMs = Math.round(reportedMs - (askedMs + answeredMs) / 2)
  const isNear = Math.abs(driftMs) <= maxClockDriftMs + (answeredMs - askedMs) / 2
  return {
    about: 'clock of the database',
    found: `${driftMs < 0 ? '' : '+'}${driftMs} ms from this machine’s clock`,
    remedy: isNear ? null : 'set the clocks by NTP: windows follow the database’s clock',
  }
}
