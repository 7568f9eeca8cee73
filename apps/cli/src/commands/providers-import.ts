import {
  type PlannedProvider,
  type PoolQuestion,
  parsePastedKeys,
  planProviders,
  sampleNamed,
  unpooled,
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
      '\nReads standard input to its end (Ctrl-D). Of a vendor with several keys, those that are there included, it asks whether they\nshare one quota, as keys of one account do. A label is kept beside the name, which is groq_1, groq_2 and so on.\n\nExamples:\n  quotakeeper providers import < .env\n  quotakeeper providers import --yes --separate groq < keys.json',
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
  const { providers, questions } = planProviders(keys, existing)
  const separate = await separateVendors(questions, options, session)
  const added: Pick<PlannedProvider, 'name' | 'pool' | 'label'>[] = []
  const failed: { readonly name: string; readonly reason: string }[] = []
  for (const planned of providers) {
    const provider = separate.has(planned.vendor) ? { ...planned, pool: null } : planned
    try {
      await addOne(session, provider, { options, sample: sampleNamed(existing, provider.name) })
      added.push({ name: provider.name, pool: provider.pool, label: provider.label })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      failed.push({ name: provider.name, reason: error.message })
    }
  }
  for (const { vendor, pool } of questions)
    if (!separate.has(vendor) && added.some(provider => provider.pool === pool))
      await joinPool(session, pool, unpooled(existing, vendor))
  if (wantsJson) terminal.json({ added, duplicates, skipped, failed })
  else {
    terminal.print([
      ...added.map(({ name, pool, label }) => {
        const labelled = label === null ? name : `${name} ("${label}")`
        return stripControls(`${labelled} is added${pool === null ? '' : `, in the pool ${pool}`}.`)
      }),
      ...failed.map(({ name, reason }) => stripControls(`${name} is not added: ${reason}`)),
      `${added.length} added, ${duplicates.length} duplicate, ${skipped.length} skipped, ${failed.length} failed.`,
    ])
  }
  return failed.length === 0 ? exitCodes.done : exitCodes.failed
}

async function addOne(
  session: Session,
  planned: PlannedProvider,
  { options, sample }: { readonly options: Options; readonly sample: { readonly vendor: string } | null },
): Promise<void> {
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
    { key, vendor, baseUrl, anyway: options.anyway === true },
    sample,
  )
  if (sameAs === null) return
  session.terminal.note(stripControls(`${name} has the same key as ${sameAs}: one account is counted twice`))
}

/** Takes providers that were there before into a pool; notes those that cannot join it. */
async function joinPool(
  { client, terminal }: Session,
  pool: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    try {
      await client.providers.upsert.mutate({ name, pool, onlyIf: 'exists' })
      terminal.note(stripControls(`${name} joins the pool ${pool}`))
    } catch (error) {
      // The new keys are entered by now, and stay.
      const reason = error instanceof Error ? error.message : String(error)
      terminal.note(stripControls(`${name} is not in the pool ${pool}: ${reason}`))
    }
  }
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

function textOf({ title, existing, names }: PoolQuestion): string {
  return `${title}: do ${[...existing, ...names].join(' and ')} belong to one account, and so share one quota?`
}
