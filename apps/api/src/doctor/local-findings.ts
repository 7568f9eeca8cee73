import { existsSync } from 'node:fs'
import {
  type Database,
  type DatabaseState,
  databaseState,
  openDatabase,
  PostgresQuotaStore,
} from '@quotakeeper/db'
import { isoInstant, QuotaError, QuotaService } from '@quotakeeper/quota-core'
import { findConfig } from '../config/configure.js'
import type { Environment } from '../env.js'
import { ledgerWholeFrom } from '../lifecycle/retention.js'
import { parseSettings, type Settings } from '../settings.js'

/** What was looked at, and what is to be done about it; null where nothing is. */
export interface Finding {
  readonly about: string
  readonly found: string
  readonly remedy: string | null
}

/** The oldest PostgreSQL that this runs on. */
const oldestMajor = 15

/** What can be told of the settings, the configuration and the database without an API. Changes nothing. */
export async function* localFindings(environment: Environment): AsyncGenerator<Finding, void, void> {
  let settings: Settings
  try {
    settings = parseSettings(environment)
  } catch (error) {
    yield { about: 'settings', found: messageOf(error), remedy: 'set it right: the API does not start so' }
    return
  }
  yield configurationFinding(settings)
  const folder = /^pglite:(?!memory$)(.+)$/s.exec(settings.databaseUrl)?.[1]
  if (folder !== undefined && !existsSync(folder)) {
    yield { about: 'database', found: `no folder ${folder} yet: the first start makes it`, remedy: null }
    return
  }
  let database: Database | null = null
  try {
    database = await openDatabase(settings.databaseUrl)
    yield* databaseFindings(database, settings)
  } catch (error) {
    yield { about: 'database', ...faultOf(error) }
  } finally {
    await database?.close()
  }
}

function configurationFinding({ configPath }: Settings): Finding {
  const about = 'configuration'
  try {
    const file = findConfig(configPath)
    return { about, found: file?.path ?? 'none, so sample providers', remedy: null }
  } catch (error) {
    return { about, found: messageOf(error), remedy: 'mend it: the API does not start so' }
  }
}

async function* databaseFindings(
  database: Database,
  { retention }: Settings,
): AsyncGenerator<Finding, void, void> {
  const askedMs = Date.now()
  const state = await databaseState(database)
  yield stateFinding(state)
  yield clockFinding(state.nowMs, askedMs)
  if (state.pending > 0 || state.foreign > 0) return
  const store = new PostgresQuotaStore({ database })
  try {
    yield* bookFindings(new QuotaService({ store }), ledgerWholeFrom(retention.ledgerDays))
  } finally {
    await store.close()
  }
}

function stateFinding({ kind, version, applied, pending, foreign }: DatabaseState): Finding {
  const name = kind === 'pglite' ? `the embedded PostgreSQL ${version}` : `PostgreSQL ${version}`
  const found = (text: string): string => `${name} answers, ${text}`
  const about = 'database'
  if (Number.parseInt(version, 10) < oldestMajor)
    return { about, found: name, remedy: `upgrade it: PostgreSQL ${oldestMajor} is the oldest that will do` }
  if (foreign > 0) {
    const text = `with tables of a newer release (${foreign} migrations that this one does not know)`
    return { about, found: found(text), remedy: 'use that release, or a newer one' }
  }
  if (pending > 0 && applied === 0)
    return { about, found: found('with no tables yet: the first start makes them'), remedy: null }
  if (pending > 0)
    return {
      about,
      found: found(`with tables of an older release (${pending} migrations behind)`),
      remedy: 'start the API, which brings them up to date',
    }
  return { about, found: found('with the tables of this release'), remedy: null }
}

/** A clock that is further off counts calls near the edges of windows into the wrong one. */
const mostClockDriftMs = 2_000

/** By the middle of the time that asking took. */
function clockFinding(toldMs: number, askedMs: number): Finding {
  const about = 'clock of the database'
  const answeredMs = Date.now()
  const driftMs = Math.round(toldMs - (askedMs + answeredMs) / 2)
  const found = `${driftMs < 0 ? '' : '+'}${driftMs} ms from this machine's (${isoInstant(toldMs)})`
  const isNear = Math.abs(driftMs) <= mostClockDriftMs + (answeredMs - askedMs) / 2
  return {
    about,
    found,
    remedy: isNear ? null : 'set the clocks by NTP: windows turn by the clock of the database',
  }
}

/** Discrepancies of one provider that are told. */
const mostTold = 10

/** Each pool's books once, and those of every provider without one. */
async function* bookFindings(service: QuotaService, wholeFrom: string): AsyncGenerator<Finding, void, void> {
  const about = 'books'
  const examined = new Set<string>()
  let isSound = true
  for (const { name } of await service.providers()) {
    if (examined.has(name)) continue
    const { providerNames, discrepancies } = await service.examine(name, { wholeFrom })
    for (const each of providerNames) examined.add(each)
    for (const { place, expected, found } of discrepancies.slice(0, mostTold)) {
      isSound = false
      yield {
        about,
        found: `${place}: ${found}, but the ledger adds up to ${expected}`,
        remedy: 'calls in flight may show so: look again when it is quiet; if it stays, report it',
      }
    }
  }
  if (isSound) {
    yield {
      about,
      found: `those of ${examined.size} providers agree with the ledger`,
      remedy: null,
    }
  }
}

/** The innermost reason is the driver's: it names the host, the user or the database, and no password. */
function faultOf(error: unknown): Pick<Finding, 'found' | 'remedy'> {
  if (error instanceof QuotaError && error.cause === undefined)
    return { found: error.message, remedy: 'an API that runs elsewhere is asked by --api-url' }
  let reason: unknown = error
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause !== undefined; depth++)
    reason = reason.cause
  return {
    found: `it does not answer (${messageOf(reason)})`,
    remedy: 'bring it up, or set QUOTA_DATABASE_URL right',
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of a host with several addresses, Node.js gives one error for all of them, without a text.
  const { message } = error
  return message === '' && 'code' in error ? String(error.code) : message
}
