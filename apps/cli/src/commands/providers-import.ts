import {
  type PlannedProvider,
  type PoolQuestion,
  parsePastedKeys,
  planProviders,
} from '@quotakeeper/vendors/paste'
import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.js'
import { addProvider, ensurePool, requireSealing } from '../keys/enter-key.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { askAside } from '../terminal/ask-aside.js'
import { readInput } from '../terminal/read-secret.js'
import { stripControls } from '../terminal/text-width.js'

interface Options {
  readonly yes?: boolean
  readonly anyway?: boolean
  readonly separate?: readonly string[]
}

/** `quotakeeper providers import`: many keys from standard input. */
export function addImport(providers: Command, runner: Runner): void {
  providers
    .command('import')
    .description('add the keys in a pasted text: .env lines, platform,key,label lines, or JSON')
    .option('--yes', 'without asking: the keys of a vendor share one quota')
    .option('--separate <vendor...>', 'vendors whose keys are of several accounts, each with its own quota')
    .option('--anyway', 'enter keys even if their vendors do not accept them')
    .addHelpText(
      'after',
      '\nReads standard input to its end (Ctrl-D). Of a vendor with several keys it asks whether they share one quota, as keys\nof one account do.\n\nExamples:\n  quotakeeper providers import < .env\n  quotakeeper providers import --yes --separate groq < keys.json',
    )
    .action(action<[Options]>(runner, run))
}

async function run(session: Session, options: Options): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  await requireSealing(session)
  if (terminal.canAsk) terminal.note('Paste the keys, then press Ctrl-D:')
  const { keys, duplicates, skipped } = parsePastedKeys(await readInput())
  for (const { line, reason } of skipped) terminal.note(stripControls(`line ${line}: skipped: ${reason}`))
  for (const { line, vendor, sameAsLine } of duplicates)
    terminal.note(`line ${line}: the same ${vendor} key as in line ${sameAsLine}: taken once`)
  if (keys.length === 0)
    throw usageFailure('there is no key in it: write NAME=KEY or platform,key,label lines')
  const existing = await everyRow(page => client.providers.list.query(page))
  const { providers, questions } = planProviders(
    keys,
    // A real key replaces a sample of its name.
    existing.filter(({ managedBy }) => managedBy !== 'demo').map(({ name }) => name),
  )
  const separate = await separateVendors(questions, options, session)
  const added: { readonly name: string; readonly pool: string | null }[] = []
  const failed: { readonly name: string; readonly reason: string }[] = []
  for (const planned of providers) {
    const provider = separate.has(planned.vendor) ? { ...planned, pool: null } : planned
    try {
      await addOne(session, provider, options)
      added.push({ name: provider.name, pool: provider.pool })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      failed.push({ name: provider.name, reason: error.message })
    }
  }
  if (wantsJson) terminal.json({ added, duplicates, skipped, failed })
  else {
    terminal.print([
      ...added.map(({ name, pool }) => `${name} is added${pool === null ? '' : `, in the pool ${pool}`}.`),
      ...failed.map(({ name, reason }) => stripControls(`${name} is not added: ${reason}`)),
      `${added.length} added, ${duplicates.length} duplicate, ${skipped.length} skipped, ${failed.length} failed.`,
    ])
  }
  return failed.length === 0 ? exitCodes.done : exitCodes.failed
}

async function addOne(session: Session, planned: PlannedProvider, options: Options): Promise<void> {
  const { name, vendor, key, pool, preset, baseUrl, label } = planned
  if (pool !== null && preset === null) await ensurePool(session, pool)
  const metadata = {
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(preset === null ? {} : { preset }),
    ...(label === null ? {} : { label }),
  }
  const {
    entered: { sameAs },
  } = await addProvider(
    session,
    { name, vendor, pool, metadata, ...(preset === null ? { limits: [] } : {}) },
    {
      ...{ key, vendor, baseUrl, anyway: options.anyway === true },
    },
  )
  if (sameAs === null) return
  session.terminal.note(stripControls(`${name} has the same key as ${sameAs}: one account is counted twice`))
}

/** Vendors whose keys do not share a quota: one question for each vendor with several keys. */
async function separateVendors(
  questions: readonly PoolQuestion[],
  { yes, separate = [] }: Options,
  { terminal, signal }: Session,
): Promise<ReadonlySet<string>> {
  const chosen = new Set(separate)
  const open = yes === true ? [] : questions.filter(({ vendor }) => !chosen.has(vendor))
  if (open.length > 0 && !terminal.canAsk) {
    for (const question of open) terminal.note(textOf(question))
    throw new Failure(
      'answer these questions: --yes for one shared quota each, or --separate VENDOR for keys of several accounts',
      exitCodes.usage,
    )
  }
  for (const question of open)
    if (!(await askAside(`${textOf(question)} [Y/n]`, signal))) chosen.add(question.vendor)
  return chosen
}

function textOf({ title, names }: PoolQuestion): string {
  return `${title}: do ${names.join(' and ')} belong to one account, and so share one quota?`
}
