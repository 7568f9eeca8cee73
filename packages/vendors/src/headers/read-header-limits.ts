import type { Clock } from '../read/clock.js'
import { inferAlignedWindow, inferRollingWindow } from '../signals/infer-window.js'
import type { LimitSignal, SignalScope } from '../signals/limit-signal.js'
import type { HeaderGroup } from './header-group.js'
import type { HeaderValues } from './header-values.js'
import { parseResetMs } from './parse-reset.js'

const countForm = /^\d{1,16}(?:\.0{1,9})?$/

/** A count in a header: an integer from 0 to 2^53 − 1, otherwise null; Azure writes −1 for not applicable. */
export function parseCount(text: string | undefined): number | null {
  if (text === undefined || !countForm.test(text)) return null
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : null
}

/** The count before its policies: `76;w=21600`, or `100, 100;w=60`. Null for a list of different counts. */
export function parseCountField(text: string | undefined): number | null {
  const counts = (text ?? '').split(',').map(item => parseCount(item.split(';')[0]?.trim()))
  const isSame = counts.every(count => count === counts[0])
  return isSame ? (counts[0] ?? null) : null
}

/** The limits that the headers report, in the order of the vendor's table. */
export function readHeaderLimits(
  headers: HeaderValues,
  table: { readonly groups: readonly HeaderGroup[]; readonly scope: SignalScope },
  clock: Clock,
): readonly LimitSignal[] {
  return table.groups.flatMap(group => {
    const limit = parseCountField(headers.get(group.limit))
    const remaining = parseCountField(headers.get(group.remaining))
    if (limit === null && remaining === null) return []
    const reset = headers.get(group.reset)
    const resetMs = reset === undefined ? null : parseResetMs(reset, group.resetForm, clock)
    const reported = { limit, remaining, resetMs }
    return [
      {
        metric: group.metric,
        window: windowOfGroup(group, reported, clock),
        scope: group.scope ?? table.scope,
        perModel: group.perModel ?? true,
        origin: 'headers' as const,
        ...reported,
      },
    ]
  })
}

/**
 * The wait stated by resets alone, without the limits that they are of: the shortest, since the others need not be the
 * refused ones. Null without one, and for 0, which is no wait.
 */
export function readLoneResetMs(
  headers: HeaderValues,
  groups: readonly Pick<HeaderGroup, 'limit' | 'remaining' | 'reset' | 'resetForm'>[],
  clock: Clock,
): number | null {
  const resetsMs = groups.flatMap(({ limit, remaining, reset, resetForm }) => {
    const text = headers.has(limit) || headers.has(remaining) ? undefined : headers.get(reset)
    const resetMs = text === undefined ? null : parseResetMs(text, resetForm, clock)
    return resetMs === null || resetMs === 0 ? [] : [resetMs]
  })
  return resetsMs.length === 0 ? null : Math.min(...resetsMs)
}

function windowOfGroup(
  group: HeaderGroup,
  reported: Pick<LimitSignal, 'limit' | 'remaining' | 'resetMs'>,
  clock: Clock,
): LimitSignal['window'] {
  if (group.window === 'rolling?') return inferRollingWindow(reported)
  if (group.window !== 'aligned?') return group.window
  return reported.resetMs === null
    ? null
    : inferAlignedWindow(clock.vendorMs + reported.resetMs, reported.resetMs)
}
