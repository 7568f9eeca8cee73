import type { Finding } from '@quotakeeper/api'
import type { Command } from 'commander'
import { gatewayUrl } from '../api/ask-keys.js'
import { apiLines } from '../doctor/api-lines.js'
import { findingsOf } from '../doctor/findings-of.js'
import { keyFinding } from '../doctor/key-finding.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { harmless } from '../terminal/text-width.js'

interface Options {
  readonly gatewayUrl?: string
}

/** `quotakeeper doctor`: whether everything is as it should be, and what to do where it is not. */
export function addDoctor(program: Command, runner: Runner): void {
  program
    .command('doctor')
    .description('whether everything is as it should be, and what to do where it is not')
    .option('--gateway-url <url>', 'where the gateway is (default: http://127.0.0.1:4100)')
    .addHelpText(
      'after',
      '\nIt looks at the API, its configuration and database, clocks, the keys of the gateway, and adds up the ledger of every\nprovider. Where no API answers, it looks at the configuration and the database of this machine itself. It ends with 1\nwhere something is wrong. The gateway has its token from QUOTA_GATEWAY_TOKEN.\n\nExample:\n  quotakeeper doctor',
    )
    .action(action<[Options]>(runner, doctor))
}

async function doctor(session: Session, options: Options): Promise<ExitCode> {
  const { terminal, wantsJson } = session
  const findings: Finding[] = []
  for await (const finding of examination(session, gatewayUrl(session, options))) {
    findings.push(finding)
    if (!wantsJson) terminal.print(lineOf(finding, session))
  }
  const isWell = findings.every(({ remedy }) => remedy === null)
  if (wantsJson) terminal.json({ isWell, findings })
  return isWell ? exitCodes.done : exitCodes.failed
}

async function* examination(session: Session, gateway: string): AsyncGenerator<Finding, void, void> {
  yield* findingsOf(apiLines(session), session)
  yield await keyFinding(session, gateway)
}

function lineOf({ about, found, remedy }: Finding, { terminal }: Session): string {
  const mark = remedy === null ? terminal.paint('green', '✓') : terminal.paint('red', '✗')
  const todo = remedy === null ? '' : `\n  → ${harmless(remedy)}`
  return `${mark} ${harmless(`${about}: ${found}`)}${todo}`
}
