import { reasonText } from '@quotakeeper/quota-core/rules'
import type { Outputs } from '../api/connect.js'
import { factLines } from '../terminal/fact-lines.js'
import type { Clock } from '../terminal/instants.js'
import { type Cell, tableLines } from '../terminal/table.js'
import type { Terminal } from '../terminal/terminal.js'
import { stripControls } from '../terminal/text-width.js'

type Settings = Outputs['routing']['settings']
type Plan = Outputs['routing']['explain']

/** The settings of routing: who has made each, the aliases, and the providers by priority. */
export function routingLines(settings: Settings, terminal: Terminal): readonly string[] {
  const { strategy, maxWaitMs, aliases, managedBy, overridden, configFile } = settings
  const names = Object.keys(aliases).toSorted()
  return [
    ...factLines(
      [
        ['Strategy', `${strategy} (${managedBy.strategy})`],
        ['Longest wait', `${maxWaitMs} ms (${managedBy.maxWaitMs})`],
        ['Aliases', `${names.length === 0 ? 'none' : names.length} (${managedBy.aliases})`],
      ],
      terminal.paint,
    ),
    ...(overridden.length === 0
      ? []
      : [
          `${configFile} makes these settings, so that those saved before are not used: ${overridden.join(', ')}`,
        ]),
    ...(names.length === 0 ? [] : ['', ...aliasLines(settings, names, terminal)]),
    '',
    ...providerLines(settings, terminal),
  ]
}

function aliasLines(
  { aliases }: Settings,
  names: readonly string[],
  { paint, width }: Terminal,
): readonly string[] {
  return tableLines({
    columns: [
      { header: 'ALIAS', mayShrink: true },
      { header: 'MODELS', mayShrink: true },
    ],
    rows: names.map(name => [name, (aliases[name] ?? []).join(', ')]),
    width: width(),
    paint,
  })
}

function providerLines({ providers }: Settings, { paint, width }: Terminal): readonly string[] {
  if (providers.length === 0) return ['There are no providers.']
  return tableLines({
    columns: [
      { header: 'PRIORITY', align: 'right' },
      { header: 'PROVIDER', mayShrink: true },
      { header: 'VENDOR', mayShrink: true, dropFirst: 2 },
      { header: 'MANAGED BY', dropFirst: 1 },
    ],
    // The sort is stable, and they come by name.
    rows: providers
      .toSorted((left, right) => left.priority - right.priority)
      .map(({ name, vendor, priority, managedBy }) => [String(priority), name, vendor, managedBy]),
    width: width(),
    paint,
  })
}

const useWords = { first: 'first', next: 'then', not_used: 'not used' } as const
const useLooks = { first: 'green', next: null, not_used: 'dim' } as const

/** What a dry run has found. */
export function planLines(
  plan: Plan,
  model: string,
  { paint, width }: Terminal,
  time: Clock,
): readonly string[] {
  const { candidates, leftOut, strategy, retryAt } = plan
  const first = candidates.find(({ use }) => use === 'first')
  if (candidates.length === 0) return [paint('red', stripControls(`✗ No provider serves ${model}.`))]
  const back = retryAt === null ? '.' : ` before ${time.long(retryAt)}.`
  const decision =
    first === undefined
      ? paint('red', `✗ No key would take the call${back}`)
      : paint('green', stripControls(`✓ ${first.providerName} would take the call, as ${first.model}.`))
  return [
    decision,
    `Dry run by the strategy ${strategy}: nothing is saved.`,
    '',
    ...tableLines({
      columns: [
        { header: 'USED' },
        { header: 'PROVIDER', mayShrink: true },
        { header: 'MODEL', mayShrink: true, dropFirst: 1 },
        { header: 'WHY', mayShrink: true },
      ],
      rows: candidates.map(({ use, providerName, model: name, reasons, onlyIfUnknown }): readonly Cell[] => [
        { text: useWords[use], look: useLooks[use] },
        providerName,
        name,
        [
          ...(onlyIfUnknown ? ['only if the vendor does not know the model before'] : []),
          ...reasons.map(reason => reasonText(reason, instant => time.short(instant))),
        ].join('; '),
      ]),
      width: width(),
      paint,
    }),
    ...(leftOut === 0 ? [] : [`${leftOut} more are not shown.`]),
    ...(candidates.some(({ reasons }) => reasons.length > 0) ? [paint('dim', `Times in ${time.zone}.`)] : []),
  ]
}
