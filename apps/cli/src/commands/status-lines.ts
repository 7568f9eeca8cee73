import { isRolling, statusOf, subjectLabel } from '@quotakeeper/quota-core/rules'
import type { Outputs } from '../api/connect.js'
import type { Session } from '../session.js'
import { bar } from '../terminal/bar.js'
import type { Clock } from '../terminal/instants.js'
import { amountOf } from '../terminal/numbers.js'
import type { Look, Paint } from '../terminal/paint.js'
import { type Cell, type Column, tableLines } from '../terminal/table.js'
import { cutTo } from '../terminal/text-width.js'

/** Settlements return stats without a forecast. */
type ProviderStats = Outputs['stats']['get'] | Outputs['quota']['commit']
type LimitState = Outputs['quota']['commit']['limits'][number] & { readonly exhaustsAt?: string | null }

type ConsumerStats = Outputs['consumers']['stats']

/** What a line shows of a provider or a consumer. */
interface Listed extends Pick<ProviderStats, 'status' | 'disabledBy' | 'available' | 'availableAt'> {
  readonly name: string
  /** False for a provider that no gateway has a key for. */
  readonly hasKey: boolean
  readonly limits: readonly LimitState[]
  /** What is used without limits; empty if that is not counted. */
  readonly unlimited: string
  /** Points to what is not listed; null for nothing. */
  readonly leftOut: string | null
}

const limitColumns: readonly Column[] = [
  { header: 'LIMIT', mayShrink: true },
  { header: 'USED', align: 'right', dropFirst: 3 },
  { header: '', dropFirst: 4 },
  { header: 'LEFT', align: 'right' },
  { header: 'MAX', align: 'right', dropFirst: 2 },
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

/** The drawing for the terminal of a session, at this instant. */
export function drawingFor({ terminal, clock }: Pick<Session, 'terminal' | 'clock'>): StatusDrawing {
  const { paint, isInteractive: isForPeople } = terminal
  return { width: terminal.width(), paint, clock: clock(), isForPeople }
}

/** A line for each limit, then the zone of the times. */
export function statusLines(providers: readonly ProviderStats[], drawing: StatusDrawing): readonly string[] {
  return linesOf(
    providers.map(stats => listedProvider(stats, drawing.keyless?.has(stats.providerName) !== true)),
    'PROVIDER',
    drawing,
  )
}

/** The same of consumers. */
export function consumerLines(
  consumers: readonly ConsumerStats[],
  drawing: StatusDrawing,
): readonly string[] {
  return linesOf(consumers.map(listedConsumer), 'CONSUMER', drawing)
}

function listedProvider(stats: ProviderStats, hasKey: boolean): Listed {
  const { providerName: name, requestCount, modelsLeftOut } = stats
  const unlimited = `${amountOf('requests', requestCount)} ${requestCount === 1 ? 'request' : 'requests'}`
  const leftOut =
    modelsLeftOut === null || modelsLeftOut === 0
      ? null
      : `${name}: ${modelsLeftOut} more models, see quotakeeper status --models ${name}`
  return { name, hasKey, unlimited, leftOut, ...stats }
}

function listedConsumer({ leftOut: count, ...stats }: ConsumerStats): Listed {
  const { consumer: name } = stats
  const leftOut = count === 0 ? null : `${name}: ${count} more models or users`
  return { name, hasKey: true, unlimited: '', leftOut, ...stats }
}

function linesOf(
  listed: readonly Listed[],
  header: string,
  { width, paint, clock, isForPeople }: StatusDrawing,
): readonly string[] {
  const rows = listed.flatMap(stats => {
    const { name, hasKey } = stats
    const look = hasKey ? looks[stats.status] : 'dim'
    const head: readonly Cell[] = [name, { text: hasKey ? standingOf(stats) : 'no key', look }]
    const back = backOf(stats, clock)
    if (stats.limits.length === 0) return [[...head, 'no limits', stats.unlimited, '', '∞', '∞', back ?? '']]
    return stats.limits.map((limit, index): readonly Cell[] => {
      const isFirst = index === 0 || !isForPeople
      const when = (isFirst ? back : null) ?? whenOf(limit, clock)
      return [...(isFirst ? head : ['', '']), ...limitCells(limit), when]
    })
  })
  const columns: readonly Column[] = [
    { header, mayShrink: true },
    { header: 'STATUS', mayShrink: true },
    ...limitColumns,
    { header: 'WHEN', mayShrink: true, dropFirst: 1 },
  ]
  const leftOut = listed.flatMap(stats => stats.leftOut ?? [])
  const footer = `Times in ${clock.zone}. ${clock.long(new Date(clock.nowMs).toISOString())}`
  return [
    ...tableLines({ columns, rows, width, paint }),
    ...leftOut.map(line => paint('dim', width === null ? line : cutTo(line, width))),
    paint('dim', width === null ? footer : cutTo(footer, width)),
  ]
}

/** A line for each limit of a model. */
export function modelLines(
  limits: readonly LimitState[],
  { width, paint }: Pick<StatusDrawing, 'width' | 'paint'>,
): readonly string[] {
  const rows = limits.map((limit): readonly Cell[] => limitCells(limit))
  return tableLines({ columns: limitColumns, rows, width, paint })
}

/** The status; for a disabled provider also who disabled it. */
function standingOf({ status, disabledBy, available }: Listed): string {
  const by = disabledBy === null ? '' : ` by ${disabledBy}`
  // A limit per minute may be spent while the status, which covers longer windows, is available.
  const busy = !available && status !== 'disabled' ? ', busy' : ''
  return `${status}${by}${busy}`
}

/**
 * When an unavailable provider returns, which matters more than the first reset of its limits. After a refusal by the
 * vendor the next call is only a trial, which may be refused again.
 */
function backOf({ available, availableAt, disabledBy }: Listed, clock: Clock): string | null {
  if (available || availableAt === null) return null
  return `${disabledBy === 'vendor' ? 'retried' : 'back'} ${clock.short(availableAt)}`
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

function labelOf({ id, subject, model, user, mode }: LimitState): string {
  return [
    id,
    model === null || id.endsWith(`@${model}`) ? null : `for ${model}`,
    user == null ? null : `for user ${user || '–'}`,
    // Consumers list their own limits alone.
    subject.kind === 'provider' || subject.kind === 'consumer' ? null : `(${subjectLabel(subject)})`,
    mode === 'shadow' ? '(only reports)' : null,
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
