import type { Command } from 'commander'
import type { ConnectOptions } from '../client-setup/connect-client.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'

/** `quotakeeper connect`: what a client needs to use the gateway; shown, or written into its files. */
export function addConnect(program: Command, runner: Runner): void {
  program
    .command('connect')
    .description('set a client up to use the gateway: show what it needs, or write it into its files')
    .argument('[client]', 'such as codex; without one, the clients that are known are listed')
    .option('--model <name...>', 'models to offer, the first as the default (default: those served now)')
    .option('--write', 'write the files; what was there is kept in a copy beside each')
    .option('--gateway-url <url>', 'where the gateway is (default: http://127.0.0.1:4100)')
    .addHelpText(
      'after',
      '\nWithout --write nothing is changed: the difference is shown. Tokens are neither shown nor written; clients read them\nfrom their environment. The gateway’s token comes from QUOTA_GATEWAY_TOKEN.\n\nExamples:\n  quotakeeper connect codex\n  quotakeeper connect opencode --model fast llama-3.3-70b-versatile --write',
    )
    .action(action<[string | undefined, ConnectOptions]>(runner, connect))
}

async function connect(session: Session, name: string | undefined, options: ConnectOptions): Promise<void> {
  // The parsers of clients' files take a tenth of a second: no other command loads them.
  const { connectClient } = await import('../client-setup/connect-client.js')
  return connectClient(session, name, options)
}
