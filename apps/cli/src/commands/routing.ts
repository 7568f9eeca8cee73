import { defaultStrategy } from '@quotakeeper/quota-core/rules'
import type { Command } from 'commander'
import type { Outputs } from '../api/connect.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { aliasAdded, aliasRemoved, aliasSet } from '../input/alias-change.js'
import { orderedPriorities } from '../input/priority-words.js'
import { type RoutingDraft, type RoutingOptions, routingChange } from '../input/routing-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { planLines, routingLines } from './routing-lines.js'

type Settings = Outputs['routing']['settings']

interface DryRunOptions {
  readonly dryRun?: string
  readonly consumer?: string
}

/** `quotakeeper routing …`: strategy, aliases, wait and priorities. */
export function addRouting(program: Command, runner: Runner): void {
  const routing = program
    .command('routing')
    .description('which key takes a call: strategy, aliases, priorities')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing show --dry-run llama-3.1-8b-instant\n  quotakeeper routing set --strategy priority\n  quotakeeper routing order groq_1 groq_2 gemini_1',
    )
  withDryRun(
    routing
      .command('show')
      .description('the settings, who has made them, and the priorities of the providers'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing show\n  quotakeeper routing show --dry-run fast',
    )
    .action(action<[DryRunOptions]>(runner, show))
  withDryRun(
    routing
      .command('set')
      .description('change the strategy, or how long calls wait for quota')
      .option(
        '--strategy <name>',
        'most-remaining (the largest share left first), priority (the lowest number first), round-robin (each in turn), soonest-reset (the one whose quota returns first), or default',
      )
      .option(
        '--max-wait <ms>',
        'longest wait for quota that returns, in milliseconds; 0 for never, or default',
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing set --strategy priority --dry-run llama-3.1-8b-instant\n  quotakeeper routing set --strategy default --max-wait 0',
    )
    .action(
      action<[RoutingOptions & DryRunOptions]>(runner, (session, options) =>
        change(session, () => routingChange(options), options),
      ),
    )
  addAliases(routing, runner)
  withDryRun(
    routing
      .command('order')
      .description(
        'put providers first, in this order, for the strategy priority; the others follow as before',
      )
      .argument(
        '<providers...>',
        'names of providers; NAME=NAME for equal ones, of which the one with the largest share left comes first',
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing order groq_1 groq_2 gemini_1\n  quotakeeper routing order groq_1=groq_2 gemini_1 --dry-run fast',
    )
    .action(
      action<[readonly string[], DryRunOptions]>(runner, (session, names, options) =>
        change(session, ({ providers }) => ({ priorities: orderedPriorities(providers, names) }), options),
      ),
    )
}

function addAliases(routing: Command, runner: Runner): void {
  const alias = routing
    .command('alias')
    .description('names for lists of models, tried in order')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing alias add fast groq/llama-3.1-8b-instant gemini-2.5-flash\n  quotakeeper routing alias remove fast',
    )
  withDryRun(
    alias
      .command('add')
      .description('add an alias, or models to the end of its list')
      .argument('<name>')
      .argument('<models...>', 'models, also of one vendor (groq/NAME) or one key (groq_1/NAME)'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  quotakeeper routing alias add fast groq/llama-3.1-8b-instant gemini-2.5-flash',
    )
    .action(
      action<[string, readonly string[], DryRunOptions]>(runner, (session, name, models, options) =>
        change(session, ({ aliases }) => ({ aliases: aliasAdded(aliases, name, models) }), options),
      ),
    )
  withDryRun(
    alias
      .command('set')
      .description('replace the models of an alias, such as to order them')
      .argument('<name>')
      .argument('<models...>'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  quotakeeper routing alias set fast gemini-2.5-flash groq/llama-3.1-8b-instant',
    )
    .action(
      action<[string, readonly string[], DryRunOptions]>(runner, (session, name, models, options) =>
        change(session, ({ aliases }) => ({ aliases: aliasSet(aliases, name, models) }), options),
      ),
    )
  withDryRun(
    alias
      .command('remove')
      .description('remove an alias, or some of its models')
      .argument('<name>')
      .argument('[models...]', 'without them, the whole alias'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper routing alias remove fast gemini-2.5-flash\n  quotakeeper routing alias remove fast',
    )
    .action(
      action<[string, readonly string[], DryRunOptions]>(runner, (session, name, models, options) =>
        change(session, ({ aliases }) => ({ aliases: aliasRemoved(aliases, name, models) }), options),
      ),
    )
}

function withDryRun(command: Command): Command {
  return command
    .option('--dry-run <model>', 'save nothing: show which keys a call of this model or alias would use')
    .option('--consumer <name>', 'with --dry-run: the consumer that makes the call')
}

async function show(session: Session, { dryRun, consumer }: DryRunOptions): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  if (dryRun !== undefined) return dryRunOf(session, { model: dryRun, consumer })
  const settings = await client.routing.settings.query()
  if (wantsJson) terminal.json(settings)
  else terminal.print(routingLines(settings, terminal))
  return exitCodes.done
}

async function change(
  session: Session,
  draftOf: (settings: Settings) => RoutingDraft,
  { dryRun, consumer }: DryRunOptions,
): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  const settings = await client.routing.settings.query()
  const draft = draftOf(settings)
  if (dryRun !== undefined) {
    const { strategy, aliases, priorities } = draft
    return dryRunOf(session, {
      ...{ model: dryRun, consumer },
      proposed: { strategy: strategy === null ? defaultStrategy : strategy, aliases, priorities },
    })
  }
  const saved = await client.routing.update.mutate({
    ...{ expectedRevision: settings.revision, priorities: draft.priorities },
    strategy: kept(settings, 'strategy', draft.strategy),
    maxWaitMs: kept(settings, 'maxWaitMs', draft.maxWaitMs),
    aliases: kept(settings, 'aliases', draft.aliases),
  })
  if (wantsJson) terminal.json(saved)
  else terminal.print(routingLines(saved, terminal))
  if (draft.priorities !== undefined && saved.strategy !== 'priority')
    terminal.note(
      'Priorities decide only with the strategy priority: "quotakeeper routing set --strategy priority".',
    )
  return exitCodes.done
}

/** A setting to send: what is given, what the API has made before, or nothing for the default. */
function kept<Field extends 'strategy' | 'maxWaitMs' | 'aliases'>(
  settings: Settings,
  field: Field,
  given: Settings[Field] | null | undefined,
): Settings[Field] | undefined {
  if (given !== undefined) return given ?? undefined
  return settings.managedBy[field] === 'api' ? settings[field] : undefined
}

async function dryRunOf(
  { client, terminal, wantsJson, clock }: Session,
  input: Parameters<Session['client']['routing']['explain']['mutate']>[0],
): Promise<ExitCode> {
  const plan = await client.routing.explain.mutate(input)
  if (wantsJson) terminal.json(plan)
  else terminal.print(planLines(plan, input.model, terminal, clock()))
  return plan.candidates.some(({ use }) => use === 'first') ? exitCodes.done : exitCodes.failed
}
