import { matchesGlob } from '@quotakeeper/quota-core/rules'
import { type Command, Option } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { toFailure } from '../api/to-failure.js'
import { Failure, usageFailure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { redraw } from '../terminal/screen.js'
import { consumerLines, drawingFor, modelLines, statusLines } from './status-lines.js'

type Stats = Outputs['stats']['all']
type ConsumerStats = Outputs['consumers']['stats']

interface Options {
  readonly provider?: string
  /** The name of a consumer. */
  readonly consumer?: string
  readonly status?: Stats['providers'][number]['status']
  readonly watch?: boolean
  /** The name of a provider. */
  readonly models?: string
}

/** `quotakeeper status`: the state of every limit. */
export function addStatus(program: Command, runner: Runner): void {
  program
    .command('status')
    .description('all limits: used, left, and when they reset or run out')
    .option('--provider <glob>', 'only providers with a matching name, such as "groq_*"')
    .option('--consumer <name>', 'limits of this consumer and those below it, instead of providers')
    .addOption(
      new Option('--status <status>', 'only providers or consumers with this status').choices([
        'available',
        'warning',
        'critical',
        'disabled',
      ]),
    )
    .option('--models <provider>', 'all separately counted models of one provider')
    .option('--watch', 'refresh every second, until Ctrl-C')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper status\n  quotakeeper status --provider "groq_*" --watch\n  quotakeeper status --status disabled --json\n  quotakeeper status --models groq_1\n  quotakeeper status --consumer acme',
    )
    .action(action<[Options]>(runner, runStatus))
}

async function runStatus(session: Session, { watch, models, ...filter }: Options): Promise<void> {
  const { terminal, client, wantsJson } = session
  if (filter.consumer !== undefined && filter.provider !== undefined)
    throw usageFailure('--consumer and --provider cannot be combined: a consumer is not of one provider')
  if (models !== undefined) {
    if (watch === true || Object.values(filter).some(given => given !== undefined))
      throw usageFailure('--models takes one provider and cannot be combined with options other than --json')
    return printModels(session, models)
  }
  if (watch === true) {
    if (wantsJson || !terminal.isInteractive)
      throw usageFailure('--watch needs a terminal: omit it, or poll with "status --json"')
    return watchStatus(session, filter)
  }
  if (filter.consumer !== undefined) {
    const consumers = await chosenConsumers(session, filter)
    if (wantsJson) terminal.json({ consumers })
    else terminal.print(linesOfConsumers(session, consumers))
    return
  }
  const stats = await client.stats.all.query()
  const providers = chosen(stats, filter)
  // Totals cover all providers, so they are omitted with a filter.
  if (wantsJson) terminal.json(providers.length === stats.providers.length ? stats : { providers })
  else terminal.print(lines(session, providers, stats.keyless))
}

/** Most lines, of one model and limit each; use the API for more. */
const maxModelRows = 100_000

async function printModels({ terminal, client, wantsJson }: Session, providerName: string): Promise<void> {
  const limits = await everyRow(page => client.stats.models.query({ providerName, ...page }), maxModelRows)
  if (wantsJson) terminal.json({ providerName, limits })
  else if (limits.length === 0) terminal.print(['No limit counts models separately.'])
  else terminal.print(modelLines(limits, { width: terminal.width(), paint: terminal.paint }))
}

async function watchStatus(session: Session, filter: Omit<Options, 'watch' | 'models'>): Promise<void> {
  const { client, terminal, signal, api } = session
  await redraw(
    async () => {
      try {
        if (filter.consumer !== undefined)
          return linesOfConsumers(session, await chosenConsumers(session, filter))
        const stats = await client.stats.all.query()
        return lines(session, chosen(stats, filter), stats.keyless)
      } catch (error) {
        const failure = toFailure(error, api.url)
        // Keeps watching, since the API may return.
        if (failure instanceof Failure) return [terminal.paint('red', failure.message)]
        throw failure
      }
    },
    { signal, height: terminal.height },
  )
}

function lines(
  session: Session,
  providers: Stats['providers'],
  keyless: Stats['keyless'],
): readonly string[] {
  if (providers.length === 0) return ['No provider matches.']
  const names = new Set(keyless.map(({ providerName }) => providerName))
  return statusLines(providers, { ...drawingFor(session), keyless: names })
}

function linesOfConsumers(session: Session, consumers: readonly ConsumerStats[]): readonly string[] {
  return consumers.length === 0 ? ['No consumer matches.'] : consumerLines(consumers, drawingFor(session))
}

/** Most consumers that are listed; name one below for others. */
const maxConsumers = 10_000

/** The consumer and those below it. */
async function chosenConsumers(
  { client }: Session,
  { consumer: under, status }: Pick<Options, 'consumer' | 'status'>,
): Promise<readonly ConsumerStats[]> {
  const read = (page: { readonly cursor?: string; readonly pageSize: number }) =>
    client.consumers.allStats.query(under === undefined ? page : { ...page, under })
  // One page: names below a consumer are looked up anew for each.
  const consumers = await everyRow(read, maxConsumers, maxConsumers)
  return consumers.filter(stats => status === undefined || stats.status === status)
}

function chosen({ providers }: Stats, { provider, status }: Omit<Options, 'watch'>): Stats['providers'] {
  return providers.filter(
    stats =>
      (provider === undefined || matchesGlob(provider, stats.providerName)) &&
      (status === undefined || stats.status === status),
  )
}
