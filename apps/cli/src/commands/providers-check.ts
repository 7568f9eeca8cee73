import type { Command } from 'commander'
import { askKeys, gatewayUrl } from '../api/ask-keys.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { tableLines } from '../terminal/table.js'

interface Options {
  readonly gatewayUrl?: string
}

/** Results that do not refuse a key. */
const goodResults: readonly string[] = ['ok', 'limited', 'unproven']

/** `quotakeeper providers check`: whether vendors accept the keys, which only the gateway has. */
export function addCheck(providers: Command, runner: Runner): void {
  providers
    .command('check')
    .description('check whether vendors accept the keys; free of charge')
    .argument('[name]', 'one provider only')
    .option('--gateway-url <url>', 'where the gateway is (default: http://127.0.0.1:4100)')
    .addHelpText(
      'after',
      '\nThe token comes from QUOTA_GATEWAY_TOKEN. Exits 1 if a key is missing or refused, has no money, or its vendor is unreachable.\n\nExamples:\n  quotakeeper providers check\n  quotakeeper providers check groq_1',
    )
    .action(action<[string | undefined, Options]>(runner, check))
}

async function check(session: Session, name: string | undefined, options: Options): Promise<ExitCode> {
  const { terminal, wantsJson } = session
  const answer = await askKeys(session, name, gatewayUrl(session, options))
  const { keys } = answer
  if (wantsJson) terminal.json(answer)
  else if (keys.length === 0) terminal.note('There are no providers to check.')
  else {
    const { paint } = terminal
    const rows = keys.map(({ providerName, vendor, result, remedy }) => {
      const isGood = goodResults.includes(result)
      const look = isGood ? 'green' : 'red'
      return [{ text: isGood ? '✓' : '✗', look } as const, providerName, vendor, result, remedy ?? '']
    })
    const columns = [
      { header: '' },
      { header: 'PROVIDER', mayShrink: true },
      { header: 'VENDOR', mayShrink: true, dropFirst: 1 },
      { header: 'RESULT' },
      { header: 'REMEDY', mayShrink: true },
    ]
    terminal.print(tableLines({ columns, rows, width: terminal.width(), paint }))
  }
  return keys.every(({ result }) => goodResults.includes(result)) ? exitCodes.done : exitCodes.failed
}
