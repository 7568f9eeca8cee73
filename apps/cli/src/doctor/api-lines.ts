import type { DoctorLine } from '@quotakeeper/api'
import { connect, type Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { toFailure } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import type { Session } from '../session.js'
import { localLines } from './local-lines.js'

/** A ledger of a million rows takes the API half a minute. */
const longestSumMs = 600_000

/**
 * Checks by the API: itself, its configuration and database, and the ledger of each pool and each provider without one.
 * If no API answers, checks on this machine. @throws Failure if it refuses
 */
export async function* apiLines(session: Session): AsyncGenerator<DoctorLine, void, void> {
  const { client, api } = session
  let check: Outputs['system']['check']
  try {
    check = await client.system.check.query()
  } catch (error) {
    const failure = toFailure(error, api.url)
    if (!(failure instanceof Failure) || failure.exitCode !== exitCodes.unreachable) throw failure
    yield { finding: { about: 'API', found: 'it does not answer', remedy: failure.message } }
    yield* localLines(session)
    return
  }
  const found = `version ${check.version} answers at ${api.url}`
  for (const finding of [{ about: 'API', found, remedy: null }, ...check.findings]) yield { finding }
  if (check.canExamine) yield* examinations(session)
}

async function* examinations({ api, signal }: Session): AsyncGenerator<DoctorLine, void, void> {
  const client = connect(api, signal, longestSumMs)
  const examined = new Set<string>()
  for (const { name } of await everyRow(page => client.providers.list.query(page))) {
    if (examined.has(name)) continue
    const examination = await client.system.examine.query({ providerName: name })
    for (const each of examination.providerNames) examined.add(each)
    yield { examination }
  }
}
