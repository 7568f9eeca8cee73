import type { Command } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { onLatest } from '../api/on-latest.js'
import { quotaCodeOf } from '../api/to-failure.js'
import { type LimitInput, mergeLimits, parseLimitSetting } from '../input/limit-setting.js'
import { withoutLimits } from '../input/without-limits.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { factLines } from '../terminal/fact-lines.js'
import { limitsText } from '../terminal/limits-text.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableLines } from '../terminal/table.js'
import { addEnableDisable } from './enable-disable.js'
import { noteLimitsInFile } from './note-limits-in-file.js'
import { addCheck } from './providers-check.js'
import { addImport } from './providers-import.js'
import { addKeys } from './providers-keys.js'
import { drawingFor, statusLines } from './status-lines.js'

interface LimitOptions {
  readonly shadow?: boolean
  readonly perModel?: boolean
}

/** `quotakeeper providers …`: keys and their limits. */
export function addProviders(program: Command, runner: Runner): void {
  const providers = program
    .command('providers')
    .description('keys and their limits')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper providers list\n  quotakeeper providers add groq_2 --vendor groq\n  quotakeeper providers set-limit groq_1 requests/day=1000\n  quotakeeper providers check',
    )
  providers
    .command('list')
    .description('all providers, their limits, and who manages them')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper providers list\n  quotakeeper providers list --json | jq -r ".[].name"',
    )
    .action(action(runner, list))
  providers
    .command('show')
    .description('settings and current limits of one provider')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  quotakeeper providers show groq_1')
    .action(action<[string]>(runner, show))
  providers
    .command('set-limit')
    .description('change or add limits; other limits and all counters are kept')
    .argument('<name>')
    .argument(
      '<limit=max...>',
      'an id, METRIC/WINDOW[@MODEL] or concurrency[@MODEL]; max "none" counts without limiting',
    )
    .option('--shadow', 'only report, do not block')
    .option('--per-model', 'one counter for each model')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper providers set-limit groq_1 requests/day=1000\n  quotakeeper providers set-limit groq_1 "tokens/rolling-60s@llama-*=8000" \'cost/month=$20\'',
    )
    .action(action<[string, readonly string[], LimitOptions]>(runner, setLimit))
  providers
    .command('remove-limit')
    .description('remove limits by id')
    .argument('<name>')
    .argument('<id...>')
    .addHelpText('after', '\nExample:\n  quotakeeper providers remove-limit groq_1 requests/day')
    .action(action<[string, readonly string[]]>(runner, removeLimit))
  addEnableDisable(providers, runner, {
    descriptions: { enable: 'enable a provider', disable: 'disable a provider' },
    example: 'groq_1',
    setEnabled: (client, input) => client.providers.setEnabled.mutate(input),
  })
  providers
    .command('retry')
    .description('retry a key after fixing its billing or secret')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  quotakeeper providers retry groq_1')
    .action(
      action<[string]>(runner, async (session, name) => {
        const answer = await session.client.providers.retry.mutate({ name })
        printAnswer(session, answer, `the next call retries ${name}.`)
      }),
    )
  addCheck(providers, runner)
  addKeys(providers, runner)
  addImport(providers, runner)
}

async function list({ client, terminal, wantsJson }: Session): Promise<void> {
  const rows = await everyRow(page => client.providers.list.query(page))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.print('There are no providers.')
  terminal.print(
    tableLines({
      columns: [
        { header: 'NAME', mayShrink: true },
        { header: 'VENDOR', mayShrink: true },
        { header: 'POOL', mayShrink: true, dropFirst: 1 },
        { header: 'ENABLED' },
        { header: 'MANAGED BY', dropFirst: 2 },
        { header: 'LIMITS', mayShrink: true },
      ],
      rows: rows.map(({ name, vendor, pool, enabled, managedBy, limits }) => [
        name,
        vendor,
        pool ?? '–',
        { text: enabled ? 'yes' : 'no', look: enabled ? null : 'red' },
        managedBy,
        limitsText(limits),
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

async function show(session: Session, name: string): Promise<void> {
  const { client, terminal, wantsJson, clock } = session
  const [provider, stats] = await Promise.all([
    client.providers.get.query({ name }),
    client.stats.get.query({ providerName: name }),
  ])
  if (wantsJson) return terminal.json({ provider, stats })
  const facts: readonly (readonly [string, string])[] = [
    ['Name', provider.name],
    ['Vendor', provider.vendor],
    ['Pool', provider.pool ?? '–'],
    ['Enabled', provider.enabled ? 'yes' : 'no'],
    ['Managed by', provider.managedBy],
    ['Models', provider.models.join(', ')],
    ['Day', `begins ${provider.dayStartsAt} ${provider.timeZone}`],
    ['Month', `begins on day ${provider.monthStartsOn}`],
    ['Alerts at', provider.thresholdsPercent.map(percent => `${percent} %`).join(', ') || '–'],
    ['Priority', String(provider.priority)],
    ['On expiry', provider.onExpiry],
    ...labelIn(provider.metadata),
    ['Changed', clock().long(provider.updatedAt)],
  ]
  terminal.print([...factLines(facts, terminal.paint), '', ...statusLines([stats], drawingFor(session))])
}

/** Of a pasted key. */
function labelIn({ label }: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return typeof label === 'string' ? [['Label', label]] : []
}

async function setLimit(
  session: Session,
  name: string,
  texts: readonly string[],
  { shadow, perModel }: LimitOptions,
): Promise<void> {
  const settings = texts.map(parseLimitSetting)
  const details = {
    ...(shadow === true ? { mode: 'shadow' as const } : {}),
    ...(perModel === true ? { per: 'model' as const } : {}),
  }
  let changed: readonly LimitInput[] = []
  try {
    await replaceLimits(session, name, limits => {
      const merged = mergeLimits(limits, settings, details)
      changed = merged.filter(limit => !limits.includes(limit))
      return merged
    })
  } catch (error) {
    if (quotaCodeOf(error) === 'MANAGED_BY_FILE')
      await noteLimitsInFile(session.terminal, 'providers', name, changed)
    throw error
  }
}

async function removeLimit(session: Session, name: string, ids: readonly string[]): Promise<void> {
  await replaceLimits(session, name, limits => withoutLimits(limits, ids, name))
}

async function replaceLimits(
  session: Session,
  name: string,
  change: (limits: readonly LimitInput[]) => readonly LimitInput[],
): Promise<void> {
  const { providers } = session.client
  const provider: Outputs['providers']['upsert'] = await onLatest(async () => {
    const { limits, updatedAt } = await providers.get.query({ name })
    const changed = [...change(limits)]
    return providers.upsert.mutate({ name, limits: changed, onlyIf: 'exists', expectedUpdatedAt: updatedAt })
  })
  printAnswer(session, provider, `${name}: ${limitsText(provider.limits, 'no limits')}`)
}
