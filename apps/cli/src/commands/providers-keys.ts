import {
  baseUrlVariable,
  type Preset,
  presetLimits,
  presetLines,
  presetNames,
  vendorFacts,
  vendorNames,
} from '@quotakeeper/vendors'
import { freePresetOf, isSample, sampleNamed } from '@quotakeeper/vendors/paste'
import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { exitCodes, Failure, usageFailure } from '../failure.js'
import { baseUrl } from '../input/base-url.js'
import {
  addProvider,
  checkText,
  ensurePool,
  type JoinedPool,
  poolToJoin,
  replaceKey,
  requireSealing,
} from '../keys/enter-key.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { askSecret, readInput } from '../terminal/read-secret.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'
import { addConfirmedChange } from './confirmed-change.js'

interface KeyOptions {
  readonly keyEnv?: string
  readonly anyway?: boolean
}

interface AddOptions extends KeyOptions {
  readonly vendor: string
  readonly preset?: string
  readonly pool?: string
  readonly baseUrl?: string
  readonly model?: readonly string[]
}

interface EditOptions extends Omit<AddOptions, 'pool' | 'vendor'> {
  readonly key?: boolean
  readonly pool?: string | false
}

/** `quotakeeper providers add|edit|remove|presets`: providers whose keys are entered here. */
export function addKeys(providers: Command, runner: Runner): void {
  const withKey = (command: Command): Command =>
    command
      .option('--preset <preset>', 'limits of a vendor’s tier, "none" for none (see providers presets)')
      .option(
        '--base-url <url>',
        'the address before /chat/completions, such as http://127.0.0.1:11434/v1 (default: the vendor’s); the API accepts it with QUOTA_API_PROVIDER_PLACES=true in .env, or an admin token',
        baseUrl,
      )
      .option('--model <glob...>', 'models that it serves (default: all)')
      .option('--key-env <variable>', 'take the key from a variable of this shell')
      .option('--anyway', 'enter the key even if its vendor does not accept it')
  withKey(
    providers
      .command('add')
      .description('add a provider and its key, encrypted here, checked at its vendor and used at once')
      .argument('<name>')
      .requiredOption('--vendor <vendor>', `one of ${vendorNames.join(', ')}`)
      .option('--pool <name>', 'the pool whose quota it shares'),
  )
    .addHelpText(
      'after',
      '\nThe key is read from a prompt, standard input or the variable of --key-env; never from an argument, which ps shows.\n\nExamples:\n  quotakeeper providers add groq_2 --vendor groq --preset groq/free\n  quotakeeper providers add groq_2 --vendor groq --key-env MY_KEY\n  pass show groq | quotakeeper providers add groq_2 --vendor groq --pool groq-keys',
    )
    .action(action<[string, AddOptions]>(runner, add))
  withKey(
    providers
      .command('edit')
      .description('replace the key of a provider, or change its settings')
      .argument('<name>')
      .option('--key', 'ask for a new key, or read it from standard input')
      .option('--pool <name>', 'the pool whose quota it shares')
      .option('--no-pool', 'take it out of its pool'),
  )
    .addHelpText(
      'after',
      '\nAnother address needs the key again.\n\nExamples:\n  quotakeeper providers edit groq_2 --key\n  quotakeeper providers edit groq_2 --pool groq-keys',
    )
    .action(action<[string, EditOptions]>(runner, edit))
  addConfirmedChange(providers, runner, {
    verb: 'remove',
    description: 'remove a provider and its entered key; its history stays',
    example: 'groq_2',
    question: name => `Remove ${name} and its entered key?`,
    change: (client, name) => client.providers.remove.mutate({ name }),
    done: name => `${name} is removed. Its history stays.`,
  })
  providers
    .command('presets')
    .description('the known tiers of vendors; of one its limits, and where its figures come from')
    .argument('[preset]', 'such as groq/free')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper providers presets\n  quotakeeper providers presets groq/free\n  quotakeeper providers presets --json',
    )
    .action(action<[string | undefined]>(runner, listPresets))
}

async function add(session: Session, name: string, options: AddOptions): Promise<void> {
  const { client, terminal, wantsJson } = session
  const { vendor, pool, baseUrl: address, model } = options
  const facts = vendorFacts(vendor)
  if (facts === undefined)
    throw usageFailure(`--vendor: "${stripControls(vendor)}" is none of ${vendorNames.join(', ')}`)
  if (facts.chatBaseUrl === null && address === undefined) requireAddressOf(vendor, session)
  const preset = presetIn(options.preset) ?? (options.preset === undefined ? freePresetOf(vendor) : null)
  await requireSealing(session)
  const known = await everyRow(page => client.providers.list.query(page))
  if (known.some(provider => provider.name === name && !isSample(provider)))
    throw new Failure(
      `there is a provider "${name}": replace its key by "quotakeeper providers edit ${name} --key"`,
      exitCodes.failed,
    )
  const key = await readKey(session, name, options.keyEnv)
  const provider = {
    ...{ name, vendor },
    ...(pool === undefined ? {} : { pool }),
    ...(model === undefined ? {} : { models: [...model] }),
    // A sample of this name has invented limits.
    ...(preset === null ? { limits: [] } : {}),
    metadata: {
      ...(address === undefined ? {} : { baseUrl: address }),
      ...(preset === null ? {} : { preset }),
    },
  }
  // A preset makes the pool with its limits.
  const asJoined = preset === null ? ensurePool : poolToJoin
  const joined = pool === undefined ? null : await asJoined(session, pool)
  const { check, entered } = await addProvider(
    session,
    provider,
    { key, vendor, baseUrl: address ?? null, anyway: options.anyway === true },
    sampleNamed(known, name),
  )
  if (wantsJson) return terminal.json({ check, entered })
  terminal.print([
    stripControls(`${name} is added, and ${checkText(check)}. Gateways use it within two seconds.`),
    stripControls(limitsLine(name, joined, preset)),
    ...(entered.sameAs === null
      ? []
      : [`${stripControls(entered.sameAs)} has the same key: one account would be counted twice.`]),
  ])
}

/**
 * A vendor whose users have an address each needs it from the command, or from the variable that gateways read, which is
 * in `.env` or this shell.
 * @throws Failure without one
 */
function requireAddressOf(vendor: string, { environment }: Session): void {
  if (vendor === 'custom')
    throw usageFailure('--vendor custom needs --base-url, such as http://127.0.0.1:8080/v1')
  const variable = baseUrlVariable(vendor)
  if (!environment[variable])
    throw usageFailure(
      `--vendor ${vendor} needs --base-url, the address of your account before /chat/completions; or set ${variable} in .env`,
    )
}

/** Where the limits of a new provider are from, so that a mistyped pool is noticed. */
function limitsLine(name: string, pool: JoinedPool | null, preset: string | null): string {
  const lookedUpOn = preset === null ? undefined : presetLimits(preset)?.sources[0]?.lookedUpOn
  const dated = `${preset}, as known on ${lookedUpOn ?? 'an unknown day'}`
  if (pool === null)
    return preset === null
      ? `It has no limits yet: quotakeeper providers set-limit ${name} requests/day=1000`
      : `Limits: ${dated}.`
  const joins = `It shares the limits of the ${pool.isNew ? 'new ' : ''}pool ${pool.name}`
  if (!pool.isUnlimited) return `${joins}.`
  return preset === null
    ? `${joins}, which has none yet: quotakeeper pools set ${pool.name} requests/day=1000`
    : `${joins}: ${dated}.`
}

async function edit(session: Session, name: string, options: EditOptions): Promise<void> {
  const { client, terminal, wantsJson } = session
  const { pool, baseUrl: asked, model } = options
  const before = await client.providers.get.query({ name })
  const preset = presetIn(options.preset)
  const changesKey = options.key === true || options.keyEnv !== undefined
  const isMoved = asked !== undefined && asked.replace(/\/+$/, '') !== before.metadata['baseUrl']
  const entered = isMoved ? await client.keys.entered.query() : null
  const needsKey = entered?.keys.some(({ providerName }) => providerName === name) === true
  if (needsKey && !changesKey)
    throw usageFailure(
      `${name}: its key is bound to its address: give the key again, with --key or --key-env`,
    )
  if (changesKey) await requireSealing(session)
  const key = changesKey ? await readKey(session, name, options.keyEnv) : null
  const { presetLimits: _, preset: former, ...metadata } = before.metadata
  const kept = options.preset === undefined ? before.metadata : metadata
  const changes = {
    ...(pool === undefined ? {} : { pool: pool === false ? null : pool }),
    ...(model === undefined ? {} : { models: [...model] }),
    ...(options.preset === undefined && asked === undefined
      ? {}
      : {
          metadata: {
            ...kept,
            ...(preset === null ? {} : { preset }),
            ...(asked === undefined ? {} : { baseUrl: asked }),
          },
        }),
  }
  const hasChanges = Object.keys(changes).length > 0
  if (!hasChanges && key === null)
    throw usageFailure('name what to change: --key, --key-env, --preset, --pool, --base-url or --model')
  const joined = typeof pool === 'string' ? await ensurePool(session, pool) : null
  if (hasChanges) await client.providers.upsert.mutate({ name, ...changes, onlyIf: 'exists' })
  const after = await client.providers.get.query({ name })
  if (key !== null) {
    const {
      vendor,
      metadata: { baseUrl: address },
    } = after
    const place = { vendor, baseUrl: typeof address === 'string' ? address : null }
    await replaceKey(session, name, { key, ...place, anyway: options.anyway === true })
  }
  if (wantsJson) return terminal.json(after)
  terminal.print([
    stripControls(
      `${name} is changed${key === null ? '' : '. Gateways use its new key within two seconds'}.`,
    ),
    ...(joined === null ? [] : [stripControls(limitsLine(name, joined, preset))]),
  ])
}

async function listPresets({ terminal, wantsJson }: Session, asked: string | undefined): Promise<void> {
  if (asked !== undefined) {
    const preset = presetLimits(asked)
    if (preset === undefined)
      throw usageFailure(`preset: "${stripControls(asked)}" is none of ${presetNames.join(', ')}`)
    return wantsJson ? terminal.json(preset) : printPreset(terminal, preset)
  }
  const presets = presetNames.flatMap(name => presetLimits(name) ?? [])
  if (wantsJson) return terminal.json(presets)
  terminal.print(
    tableLines({
      columns: [
        { header: 'PRESET' },
        { header: 'LIMITS' },
        { header: 'LOOKED UP ON' },
        { header: 'NOTE', mayShrink: true },
      ],
      rows: presets.map(({ name, limits, sources, note }) => [
        name,
        String(limits.length),
        sources[0]?.lookedUpOn ?? '–',
        note,
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

/** As docs/presets.md shows it. */
function printPreset(terminal: Session['terminal'], preset: Preset): void {
  const { timeZone, note, sources } = preset
  terminal.print([
    ...tableLines({
      columns: [
        { header: 'MODELS', mayShrink: true },
        { header: 'AT MOST', mayShrink: true },
      ],
      rows: presetLines(preset).map(({ models, limits }) => [models, limits]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
    `Time zone: ${timeZone}. ${note}`,
    ...sources.map(({ url, lookedUpOn }) => `Read on ${lookedUpOn}: ${url}`),
  ])
}

/** Null for `none` or without one. @throws Failure for an unknown one */
function presetIn(name: string | undefined): string | null {
  if (name === undefined || name === 'none') return null
  if (presetLimits(name) !== undefined) return name
  throw usageFailure(`--preset: "${stripControls(name)}" is none of ${presetNames.join(', ')}`)
}

/** @throws Failure without a key */
async function readKey(
  { environment, terminal }: Session,
  name: string,
  variable: string | undefined,
): Promise<string> {
  const key =
    variable !== undefined
      ? (environment[variable] ?? '')
      : terminal.canAsk
        ? await askSecret(`Key of ${stripControls(name)} (not shown):`)
        : await readInput()
  if (key.trim() !== '') return key.trim()
  throw usageFailure(
    variable === undefined
      ? 'there is no key on standard input: pipe it in, or name its variable in --key-env'
      : `--key-env: ${variable} is not set`,
  )
}
