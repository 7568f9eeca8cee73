import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { toFailure } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import { type CountsOptions, countsOf, withCounts } from '../input/counts-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { drawingFor, statusLines } from './status-lines.js'

interface Options extends CountsOptions {
  readonly model?: string
  readonly consumer?: string
  readonly user?: string
  readonly requestId?: string
  readonly id?: string
  readonly at?: string
}

/** `quotakeeper usage record`: records a call that was made elsewhere. */
export function addRecord(usage: Command, runner: Runner): void {
  const record = usage
    .command('record')
    .description('record a call that was made elsewhere')
    .argument('<provider>')
  withCounts(record)
    .option('--model <model>', 'the model that was called')
    .option('--consumer <name>', 'the consumer that made the call')
    .option('--user <name>', 'the end user of that consumer')
    .option('--request-id <id>', 'id of the client’s request')
    .option(
      '--id <uuid>',
      'UUID of this record; repeating the command with it counts once (default: a new one)',
    )
    .option('--at <instant>', 'time of the call, in ISO-8601 (default: now)')
    .addHelpText('after', '\nExample:\n  quotakeeper usage record groq_1 --characters 1000')
    .action(action<[string, Options]>(runner, recordUsage))
}

async function recordUsage(session: Session, providerName: string, options: Options): Promise<void> {
  const { client, terminal, wantsJson, api } = session
  const { model, consumer, user, requestId, at } = options
  const id = options.id ?? randomUUID()
  const usage = {
    providerName,
    id,
    ...countsOf(options),
    ...(model === undefined ? {} : { model }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(user === undefined ? {} : { endUser: user }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(at === undefined ? {} : { occurredAt: at }),
  }
  try {
    const answer = await client.usage.record.mutate(usage)
    if (wantsJson) return terminal.json(answer)
    // A token of a consumer gets no figures of providers.
    if ('recorded' in answer) return terminal.print('recorded.')
    terminal.print(statusLines([answer], drawingFor(session)))
  } catch (error) {
    throw withId(toFailure(error, api.url), id)
  }
}

/** After a lost answer, whether the call was counted is unknown; repeated with its id, it counts once. */
function withId(error: unknown, id: string): unknown {
  if (!(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) return error
  return new Failure(
    `${error.message}; repeat it with --id ${id}, so that it is counted once`,
    error.exitCode,
    {
      cause: error,
    },
  )
}
