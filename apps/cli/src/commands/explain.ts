import {
  dollarText,
  isTrial,
  isUuid,
  modelSteps,
  type ReasonParts,
  reasonText,
} from '@quotakeeper/quota-core/rules'
import type { Command } from 'commander'
import type { Outputs } from '../api/connect.js'
import { type ExitCode, exitCodes, usageFailure } from '../failure.js'
import { type CountsOptions, countsOf, withCounts } from '../input/counts-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import type { Clock } from '../terminal/instants.js'
import { type Cell, tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'

type Trace = Outputs['requests']['get']
type Price = NonNullable<Outputs['quota']['explain']['price']>

interface CallOptions extends CountsOptions {
  readonly consumer?: string
  readonly user?: string
}

interface Skip {
  readonly providerName: string
  readonly model: string | null
  readonly reasons: readonly ReasonParts[]
}

/** `quotakeeper explain`: which key would take a call or took it, and why others were skipped. */
export function addExplain(program: Command, runner: Runner): void {
  const explain = program
    .command('explain')
    .description(
      'which key would be used for a call now, and why not the others; or how a past request was routed',
    )
    .argument(
      '[model or request id]',
      'the vendor’s name of a model, or the x-quotakeeper-request-id of an answer; for an alias, VENDOR/NAME or PROVIDER/NAME see routing show --dry-run',
    )
  withCounts(explain)
    .option('--consumer <name>', 'the consumer that makes the call')
    .option('--user <name>', 'the end user of that consumer')
    .addHelpText(
      'after',
      '\nExits 1 if no key can take the call.\n\nExamples:\n  quotakeeper explain llama-3.1-8b-instant --characters 4000\n  quotakeeper explain llama-3.1-8b-instant --consumer acme --user alice\n  quotakeeper explain 0190a3c4-5d6e-7f80-9123-456789abcdef',
    )
    .action(action<[string | undefined, CallOptions]>(runner, explainCall))
}

async function explainCall(
  session: Session,
  subject: string | undefined,
  { consumer, user, ...counts }: CallOptions,
): Promise<ExitCode> {
  if (subject !== undefined && isUuid(subject)) return explainRequest(session, subject)
  const { client, terminal, wantsJson, clock } = session
  const { strategy, aliases } = await client.routing.settings.query()
  if (subject !== undefined) await refuseRoutedName(client, subject, aliases)
  const answer = await client.quota.explain.query({
    ...{ ...countsOf(counts), strategy },
    ...(consumer === undefined ? {} : { consumer }),
    ...(user === undefined ? {} : { endUser: user }),
    ...(subject === undefined ? {} : { model: subject }),
  })
  const exitCode = answer.chosen === null ? exitCodes.failed : exitCodes.done
  if (wantsJson) {
    terminal.json(answer)
    return exitCode
  }
  const time = clock()
  const { chosen, retryAt } = answer
  const decision =
    chosen !== null
      ? terminal.paint('green', `✓ ${stripControls(chosen.providerName)} would take the call.`)
      : terminal.paint(
          'red',
          `✗ No key would take the call${retryAt === null ? '.' : ` before ${time.long(retryAt)}.`}`,
        )
  const price = answer.price === null ? [] : [stripControls(priceText(answer.price))]
  terminal.print([
    decision,
    `Keys are ordered by ${strategy}, and those after the first with room are not listed.`,
    ...price,
    ...skippedLines(session, answer.skipped, time),
  ])
  return exitCode
}

/**
 * The API explains the vendor's name of a model, at every provider. A name that the gateway resolves to other models or
 * to some of the providers would be explained wrongly.
 * @throws Failure for such a name
 */
async function refuseRoutedName(
  client: Session['client'],
  name: string,
  aliases: Outputs['routing']['settings']['aliases'],
): Promise<void> {
  const isAlias = Object.hasOwn(aliases, name)
  if (!isAlias && !name.includes('/')) return
  const { rows: providers } = await client.providers.list.query({ pageSize: 10_000 })
  const steps = modelSteps(name, { aliases: new Map(Object.entries(aliases)), providers })
  if (!isAlias && steps.every(({ model }) => model === name)) return
  const shown = stripControls(name)
  const kind = isAlias ? 'is an alias' : 'names a provider or a vendor'
  throw usageFailure(
    `"${shown}" ${kind}: "quotakeeper routing show --dry-run ${shown}" shows which keys it would use`,
  )
}

function orderText({
  strategy,
  isServed,
}: {
  readonly strategy: string
  readonly isServed: boolean
}): string {
  const rest = isServed ? ', and those after the one that took the call were not tried' : ''
  return `Keys were ordered by ${strategy}${rest}.`
}

function priceText({ source, inputMicroUsd, outputMicroUsd, requestMicroUsd, tiers }: Price): string {
  const perRequest = requestMicroUsd === 0 ? '' : `, ${dollarText(requestMicroUsd)} per request`
  const more = tiers.length === 0 ? '' : ', more for long prompts'
  const perTokens = `${dollarText(inputMicroUsd)} in and ${dollarText(outputMicroUsd)} out per million tokens`
  return `Price: ${perTokens}${perRequest}${more} (${sourceText(source)}).`
}

function sourceText(source: Price['source']): string {
  switch (source.kind) {
    case 'configured':
      return `configured for ${source.pattern}`
    case 'free':
      return `free at the vendor: ${source.pattern}`
    case 'bundled':
      return `list price of ${source.model} in ${source.table}, ${source.date}`
  }
}

async function explainRequest(session: Session, requestId: string): Promise<ExitCode> {
  const { client, terminal, wantsJson, clock } = session
  const trace = await client.requests.get.query({ requestId })
  if (wantsJson) terminal.json(trace)
  else terminal.print(traceLines(session, trace, clock()))
  return exitCodes.done
}

function traceLines(session: Session, trace: Trace, time: Clock): readonly string[] {
  const { terminal } = session
  const served = trace.providerName === '' ? '' : ` by ${trace.providerName}`
  const code = trace.code === '' ? '' : ` (${trace.code})`
  const waited = trace.waitedMs === 0 ? '' : `, including a wait of ${trace.waitedMs} ms for quota`
  const attempts = tableLines({
    columns: [
      { header: 'TRIED', mayShrink: true },
      { header: 'MODEL', mayShrink: true },
      { header: 'HTTP', align: 'right' },
      { header: 'ENDING', mayShrink: true },
    ],
    rows: trace.attempts.map(({ providerName, model, httpStatus, ending }): readonly Cell[] => [
      providerName,
      model,
      httpStatus === null ? '–' : String(httpStatus),
      ending,
    ]),
    width: terminal.width(),
    paint: terminal.paint,
  })
  return [
    stripControls(
      `${time.long(trace.at)}  ${trace.model}: ${trace.outcome}${served}${code} in ${trace.durationMs} ms${waited}.`,
    ),
    stripControls(orderText({ strategy: trace.strategy, isServed: served !== '' })),
    ...(trace.count > 1 ? [`This trace represents ${trace.count} requests with the same outcome.`] : []),
    ...(trace.attempts.length === 0 ? [] : ['', ...attempts]),
    ...skippedLines(session, trace.skipped, time),
  ]
}

function skippedLines({ terminal }: Session, skipped: readonly Skip[], time: Clock): readonly string[] {
  if (skipped.length === 0) return []
  return [
    '',
    ...tableLines({
      columns: [
        { header: 'SKIPPED', mayShrink: true },
        { header: 'MODEL', mayShrink: true, dropFirst: 1 },
        { header: 'WHY', mayShrink: true },
        { header: 'BACK' },
      ],
      rows: skipped.flatMap(({ providerName, model, reasons }) =>
        reasons.map((reason): readonly Cell[] => [
          providerName,
          model || '–',
          reasonText(reason, null),
          reason.retryAt !== null && isTrial(reason)
            ? `retried ${time.short(reason.retryAt)}`
            : time.short(reason.retryAt),
        ]),
      ),
      width: terminal.width(),
      paint: terminal.paint,
    }),
    terminal.paint('dim', `Times in ${time.zone}.`),
  ]
}
