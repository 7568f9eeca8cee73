import { isRolling, statusOf, subjectLabel } from '@quotakeeper/quota-core/rules'
import type { Outputs } from '../api/connect.js'
import { bar } from '../terminal/bar.js'
import type { Clock } from '../terminal/instants.js'
import { amountOf } from '../terminal/numbers.js'
import type { Look, Paint } from '../terminal/paint.js'
import { type Cell, type Column, tableLines } from '../terminal/table.js'
import { cutTo } from '../terminal/text-width.js'

/** Settlements return stats without a forecast. */
type ProviderStats = Outputs['stats']['get'] | Outputs['usage']['record']
type LimitState = Outputs['usage']['record']['limits'][number] & { readonly exhaustsAt?: string | null }

const columns: readonly Column[] = [
  { header: 'PROVIDER', mayShrink: true },
  { header: 'STATUS', mayShrink: true },
  { header: 'LIMIT', mayShrink: true },
  { header: 'USED', align: 'right', dropFirst: 3 },
  { header: '', dropFirst: 4 },
  { header: 'LEFT', align: 'right' },
  { header: 'MAX', align: 'right', dropFirst: 2 },
  { header: 'WHEN', mayShrink: true, dropFirst: 1 },
]

const barWidth = 12

const looks: Readonly<Record<ProviderStats['status'], Look>> = {
  available: 'green',
  warning: 'yellow',
  critical: 'red',
  disabled: 'red',
}

/** Options of the drawing. */
export interface StatusDrawing {
  readonly width: number | null
  readonly paint: Paint
  readonly clock: Clock
  /** Names a provider only in its first line; false repeats it in each, for `grep`. */
  readonly isForPeople: boolean
  /** Names of providers without a key, where that is known. */
  readonly keyless?: ReadonlySet<string>
}

/** A line for each limit, then the zone of the times. */
export function statusLines(providers: readonly ProviderStats[], drawing: StatusDrawing): readonly string[] {
  const { width, paint, clock, isForPeople, keyless } = drawing
  const rows = providers.flatMap(stats => {
    const hasKey = keyless?.has(stats.providerName) !== true
    const standing = hasKey ? standingOf(stats) : 'no key'
    const head: readonly Cell[] = [
      stats.providerName,
      { text: standing, look: hasKey ? looks[stats.status] : 'dim' },
    ]
    const back = backOf(stats, clock)
    if (stats.limits.length === 0) {
      return [[...head, 'no limits', amountOf('requests', stats.requestCount), '', '∞', '∞', back ?? '']]
    }
    const limits: readonly LimitState[] = stats.limits
    return limits.map((limit, index): readonly Cell[] => {
      const isFirst = index === 0 || !isForPeople
      const when = (isFirst ? back : null) ?? whenOf(limit, clock)
      return [...(isFirst ? head : ['', '']), ...limitCells(limit), when]
    })
  })
  const footer = `Times in ${clock.zone}. ${clock.long(new Date(clock.nowMs).toISOString())}`
  return [
    ...tableLines({ columns, rows, width, paint }),
    ...leftOutLines(providers).map(line => paint('dim', width === null ? line : cutTo(line, width))),
    paint('dim', width === null ? footer : cutTo(footer, width)),
  ]
}

/** A line for each limit of a model. */
export function modelLines(
  limits: readonly LimitState[],
  { width, paint }: Pick<StatusDrawing, 'width' | 'paint'>,
): readonly string[] {
  const rows = limits.map((limit): readonly Cell[] => limitCells(limit))
  return tableLines({ columns: columns.slice(2, -1), rows, width, paint })
}

/** Points to the models that are not listed. */
function leftOutLines(providers: readonly ProviderStats[]): readonly string[] {
  return providers.flatMap(({ providerName, modelsLeftOut }) =>
    modelsLeftOut === null || modelsLeftOut === 0
      ? []
      : [`${providerName}: ${modelsLeftOut} more models, see quotakeeper status --models ${providerName}`],
  )
}

/** The status; for a disabled provider also who disabled it. */
function standingOf({ status, disabledBy, available }: ProviderStats): string {
  const by = disabledBy === null ? '' : ` by ${disabledBy}`
  // A limit per minute may be spent while the status, which covers longer windows, is available.
  const busy = !available && status !== 'disabled' ? ', busy' : ''
  return `${status}${by}${busy}`
}

/** When an unavailable provider returns, which matters more than the first reset of its limits. */
function backOf({ available, availableAt }: ProviderStats, clock: Clock): string | null {
  return available || availableAt === null ? null : `back ${clock.short(availableAt)}`
}

function limitCells(limit: LimitState): readonly Cell[] {
  const { metric, used, observed, held, remaining, max } = limit
  const spent = used + observed
  const look = lookOf(spent, max)
  return [
    labelOf(limit),
    amountOf(metric, spent),
    max === null ? '' : { text: bar({ spent, held, max }, barWidth), look },
    { text: amountOf(metric, remaining), look },
    amountOf(metric, max),
  ]
}

function lookOf(spent: number, max: number | null): Look | null {
  return max === null ? null : looks[statusOf(spent, max)]
}

function labelOf({ id, subject, model, mode }: LimitState): string {
  return [
    id,
    model === null || id.endsWith(`@${model}`) ? null : `for ${model}`,
    subject.kind === 'provider' ? null : `(${subjectLabel(subject)})`,
    mode === 'shadow' ? '(shadow)' : null,
  ]
    .filter(part => part !== null)
    .join(' ')
}

/** When it runs out, if it will; otherwise when it resets. */
function whenOf(
  { window, remaining, exhaustsAt, resetsAt, used, observed, held }: LimitState,
  clock: Clock,
): string {
  if (exhaustsAt !== undefined && exhaustsAt !== null && remaining !== null && remaining > 0)
    return `runs out ${clock.short(exhaustsAt)}`
  if (resetsAt === null) return window === 'total' ? 'never resets' : ''
  const refills = isRolling(window)
  if (refills && used + observed + held === 0) return ''
  return `${refills ? 'full again' : 'resets'} ${clock.short(resetsAt)}`
}
