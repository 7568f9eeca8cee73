import { existsSync } from 'node:fs'
import {
  type Database,
  databaseState,
  isEmbeddedThere,
  openDatabase,
  PostgresQuotaStore,
} from '@quotakeeper/db'
import { QuotaError, QuotaService } from '@quotakeeper/quota-core'
import type { Environment } from '@quotakeeper/server-kit'
import { ledgerWholeFrom } from '../lifecycle/retention.js'
import { parseSettings, type Settings } from '../settings.js'
import type { DoctorLine } from './doctor-line.js'
import {
  aheadFindings,
  configurationFinding,
  databaseFindings,
  type Finding,
  faultFinding,
  messageOf,
  rewoundFinding,
} from './findings.js'

/**
 * Checks settings, configuration and database without an API. Changes nothing; with `fixes` it repairs what it can, and
 * reports only that.
 */
export async function* localLines(
  environment: Environment,
  { fixes = false }: { readonly fixes?: boolean } = {},
): AsyncGenerator<DoctorLine, void, void> {
  let settings: Settings
  try {
    settings = parseSettings(environment)
  } catch (error) {
    const remedy = 'correct it: the API cannot start with this setting'
    yield { finding: { about: 'settings', found: messageOf(error), remedy } }
    return
  }
  if (!fixes) yield { finding: configurationFinding(settings.configPath) }
  const folder = await missingFolder(settings.databaseUrl)
  if (folder !== null) {
    const found = `no database in ${folder} yet: the first start creates it`
    yield { finding: { about: 'database', found, remedy: null } }
    return
  }
  let database: Database
  try {
    database = await openDatabase(settings.databaseUrl, { joins: true, keepsPglite: true })
  } catch (error) {
    yield { finding: openingFault(error, settings.databaseUrl) }
    return
  }
  try {
    yield* fixes ? fixed(database) : linesOf(database, settings)
  } finally {
    await database.close()
  }
}

async function* linesOf(
  database: Database,
  { retention, databaseUrl }: Settings,
): AsyncGenerator<DoctorLine, void, void> {
  const { findings, canExamine } = await databaseFindings(() => databaseState(database), databaseUrl)
  for (const finding of findings) yield { finding }
  if (!canExamine) return
  const store = new PostgresQuotaStore({ database })
  try {
    const service = new QuotaService({ store })
    for (const finding of aheadFindings(await service.aheadOfClock())) yield { finding }
    const wholeFrom = ledgerWholeFrom(retention.ledgerDays)
    const examined = new Set<string>()
    for (const { name } of await service.providers()) {
      if (examined.has(name)) continue
      const { nowMs: _, ...examination } = await service.examine(name, { wholeFrom })
      for (const each of examination.providerNames) examined.add(each)
      yield { examination }
    }
  } finally {
    await store.close()
  }
}

async function* fixed(database: Database): AsyncGenerator<DoctorLine, void, void> {
  const store = new PostgresQuotaStore({ database })
  try {
    yield { finding: rewoundFinding(await new QuotaService({ store }).rewindClock('doctor')) }
  } finally {
    await store.close()
  }
}

/** The folder of an embedded database that does not exist yet; null otherwise. */
async function missingFolder(databaseUrl: string): Promise<string | null> {
  const { engine, folder } = /^(?<engine>embedded|pglite):(?<folder>.+)$/s.exec(databaseUrl)?.groups ?? {}
  if (folder === undefined || databaseUrl === 'pglite:memory') return null
  // Other errors are reported when the folder is opened.
  const isThere = engine === 'pglite' ? existsSync(folder) : isEmbeddedThere(folder).catch(() => true)
  return (await isThere) ? null : folder
}

/** Our own errors state the cause: another process uses the folder, or its server does not start. */
function openingFault(error: unknown, databaseUrl: string): Finding {
  if (!(error instanceof QuotaError)) return faultFinding(error, databaseUrl)
  const remedy = 'use --api-url for an API that runs elsewhere'
  return { about: 'database', found: error.message, remedy }
}
