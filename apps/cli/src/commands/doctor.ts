import type { Command } from 'commander'
import { askKeys, gatewayUrl } from '../api/ask-keys.js'
import { connect } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { type ExitCode, exitCodes, Failure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { progressLine } from '../terminal/progress-line.js'
import { harmless } from '../terminal/text-width.js'

/** What was looked at, and what is to be done about it; null where nothing is. */
interface Finding {
  readonly about: string
  readonly found: string
  readonly remedy: string | null
}

interface Options {
  readonly gatewayUrl?: string
}

/** A clock that is further off counts calls near the edges of windows into the wrong one. */
const mostClockDriftMs = 2_000
/** A ledger of a million rows takes the API half a minute. */
const longestSumMs = 600_000

/** `quotakeeper doctor`: whether everything is as it should be, and what to do where it is not. */
export function addDoctor(program: Command, runner: Runner): void {
  program
    .command('doctor')
    .description('whether everything is as it should be, and what to do where it is not')
    .option('--gateway-url <url>', 'where the gateway is (default: http://127.0.0.1:4100)')
    .addHelpText(
      'after',
      '\nIt looks at the API, its configuration, clocks, the keys of the gateway, and adds up the ledger of every provider. It\nends with 1 where something is wrong. The gateway has its token from QUOTA_GATEWAY_TOKEN.\n\nExample:\n  quotakeeper doctor',
    )
    .action(action<[Options]>(runner, doctor))
}

async function doctor(session: Session, options: Options): Promise<ExitCode> {
  const { terminal, wantsJson } = session
  const findings: Finding[] = []
  const say = (finding: Finding): void => {
    findings.push(finding)
    if (wantsJson) return
    const { about, found, remedy } = finding
    const mark = remedy === null ? terminal.paint('green', '✓') : terminal.paint('red', '✗')
    terminal.print(
      `${mark} ${harmless(`${about}: ${found}`)}${remedy === null ? '' : `\n  → ${harmless(remedy)}`}`,
    )
  }
  for (const finding of await findingsOfApi(session)) say(finding)
  say(await findingOfKeys(session, options))
  for (const finding of await findingsOfBooks(session)) say(finding)
  const isWell = findings.every(({ remedy }) => remedy === null)
  if (wantsJson) terminal.json({ isWell, findings })
  return isWell ? exitCodes.done : exitCodes.failed
}

async function findingsOfApi({ client, api }: Session): Promise<readonly Finding[]> {
  const askedMs = Date.now()
  const { version, now, configFile, configProblem } = await client.system.check.query()
  const clock = driftFinding('clock of the API', Date.parse(now), askedMs)
  return [
    { about: 'API', found: `version ${version} answers at ${api.url}`, remedy: null },
    configProblem === null
      ? { about: 'configuration', found: configFile ?? 'none, so sample providers', remedy: null }
      : {
          about: 'configuration',
          found: configProblem,
          remedy: 'mend it before the next start, which would not come about',
        },
    clock,
  ]
}

/** By the middle of the time that asking took. */
function driftFinding(about: string, toldMs: number, askedMs: number): Finding {
  const driftMs = Math.round(toldMs - (askedMs + Date.now()) / 2)
  const slackMs = mostClockDriftMs + (Date.now() - askedMs) / 2
  const found = `${driftMs < 0 ? '' : '+'}${driftMs} ms from this machine's`
  if (Math.abs(driftMs) <= slackMs) return { about, found, remedy: null }
  return { about, found, remedy: 'set the clocks by NTP: windows turn by the clock of the database' }
}

async function findingOfKeys(session: Session, options: Options): Promise<Finding> {
  const about = 'keys'
  try {
    const { keys } = await askKeys(session, undefined, gatewayUrl(session, options))
    const bad = keys.filter(
      ({ result }) => result === 'missing' || result === 'refused' || result === 'no_money',
    )
    if (bad.length === 0) return { about, found: `${keys.length} of the gateway are there`, remedy: null }
    const found = bad
      .map(({ providerName, result }) => `${providerName} ${result.replace('_', ' ')}`)
      .join(', ')
    const remedies = [...new Set(bad.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])))]
    return { about, found, remedy: remedies.join('; ') }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { about, found: 'not known', remedy: error.message }
  }
}

/** Each pool's books once, and those of every provider without one. */
async function findingsOfBooks({ api, signal, terminal }: Session): Promise<readonly Finding[]> {
  const client = connect(api, signal, longestSumMs)
  const providers = await everyRow(page => client.providers.list.query(page))
  const progress = progressLine(terminal)
  const examined = new Set<string>()
  const findings: Finding[] = []
  let clock: Finding | null = null
  for (const { name } of providers) {
    if (examined.has(name)) continue
    progress.show(`adding up the ledger: ${examined.size} of ${providers.length} providers`)
    const askedMs = Date.now()
    const { storeNow, providerNames, discrepancies } = await client.system.examine.query({
      providerName: name,
    })
    clock ??= driftFinding('clock of the database', Date.parse(storeNow), askedMs)
    for (const each of providerNames) examined.add(each)
    for (const { place, expected, found } of discrepancies.slice(0, mostTold)) {
      findings.push({
        about: 'books',
        found: `${place}: ${found}, but the ledger adds up to ${expected}`,
        remedy: 'calls in flight may show so: look again when it is quiet; if it stays, report it',
      })
    }
  }
  progress.end()
  if (findings.length === 0) {
    findings.push({
      about: 'books',
      found: `those of ${examined.size} providers agree with the ledger`,
      remedy: null,
    })
  }
  return clock === null ? findings : [clock, ...findings]
}

/** Discrepancies of one provider that are told. */
const mostTold = 10
