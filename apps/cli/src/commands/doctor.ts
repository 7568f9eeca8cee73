import type { Finding } from '@quotakeeper/api'
import type { Command } from 'commander'
import { gatewayUrl } from '../api/ask-keys.js'
import { apiLines } from '../doctor/api-lines.js'
import { findingsOf } from '../doctor/findings-of.js'
import { fixesOf } from '../doctor/fixes-of.js'
import { keyFinding } from '../doctor/key-finding.js'
import { type ExitCode, exitCodes, usageFailure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirm } from '../terminal/confirm.js'
import { stripControls } from '../terminal/text-width.js'

interface Options {
  readonly fix?: boolean
  readonly yes?: boolean
  readonly gatewayUrl?: string
}

/** `quotakeeper doctor`: checks the installation and lists remedies. */
export function addDoctor(program: Command, runner: Runner): void {
  program
    .command('doctor')
    .description('check the installation, and say how to fix what is wrong')
    .option('--gateway-url <url>', 'where the gateway is (default: http://127.0.0.1:4100)')
    .option('--fix', 'repair what can be repaired without loss, after confirmation')
    .option('--yes', 'repair without confirmation')
    .addHelpText(
      'after',
      '\nChecks the API, its configuration and database, clocks, the gateway’s keys, and every provider’s counters against the\nledger. If no API answers, it checks the configuration and the database of this machine directly. Exits 1 if something\nis wrong. The gateway has its token from QUOTA_GATEWAY_TOKEN.\n\nKeys are checked at their vendors: one that its vendor refuses is not called from then on, and raises an alert.\n\nWith --fix, providers and pools whose records are ahead of the database clock are moved back to it: what they have\nused counts in the current windows, and nothing is lost. It needs the admin token.\n\nExamples:\n  quotakeeper doctor\n  quotakeeper doctor --fix',
    )
    .action(action<[Options]>(runner, doctor))
}

async function doctor(session: Session, options: Options): Promise<ExitCode> {
  const { terminal, wantsJson } = session
  if (options.fix === true && options.yes !== true && !terminal.canAsk)
    throw usageFailure('--fix needs --yes without a terminal')
  const findings: Finding[] = []
  for await (const finding of examination(session, gatewayUrl(session, options))) {
    findings.push(finding)
    if (!wantsJson) terminal.print(lineOf(finding, session))
  }
  const fixed = options.fix === true ? await fix(session, findings, options) : []
  if (!wantsJson) for (const finding of fixed) terminal.print(lineOf(finding, session))
  const left =
    fixed.length === 0 ? findings : [...findings.filter(found => found.fix === undefined), ...fixed]
  const isWell = left.every(({ remedy }) => remedy === null)
  if (wantsJson) terminal.json({ isWell, findings, ...(options.fix === true && { fixed }) })
  return isWell ? exitCodes.done : exitCodes.failed
}

/** Repairs findings after confirmation; returns what was done. */
async function fix(
  session: Session,
  findings: readonly Finding[],
  { yes }: Options,
): Promise<readonly Finding[]> {
  const { terminal, signal } = session
  const toFix = findings.filter(finding => finding.fix !== undefined)
  if (toFix.length === 0) {
    terminal.note('Nothing to repair.')
    return []
  }
  const question =
    "Set the counters and calls that are dated later than the database's clock to its time? Their usage counts in the current windows."
  if (yes !== true && !(await confirm(question, signal))) {
    terminal.note('Nothing was changed.')
    return []
  }
  return fixesOf(session)
}

async function* examination(session: Session, gateway: string): AsyncGenerator<Finding, void, void> {
  yield* findingsOf(apiLines(session), session)
  yield await keyFinding(session, gateway)
}

function lineOf({ about, found, remedy }: Finding, { terminal }: Session): string {
  const mark = remedy === null ? terminal.paint('green', '✓') : terminal.paint('red', '✗')
  const todo = remedy === null ? '' : `\n  → ${stripControls(remedy)}`
  return `${mark} ${stripControls(`${about}: ${found}`)}${todo}`
}
