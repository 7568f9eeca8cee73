import type { Attempt, Counts, Limit } from '@quotakeeper/quota-core'
import { unitsOf } from './measure.js'

/** What one attempt does to a limit at one instant, derived from its row. */
export interface Effect {
  readonly atMs: number
  readonly kind: 'grant' | 'settle' | 'record'
  /** Change of what is held. */
  readonly held: number
  /** Units that are spent from now on. */
  readonly charged: number
  /** Units that were charged at `chargedAtMs`, and are taken back now. */
  readonly undone: number
  readonly chargedAtMs: number
}

const nothing = { held: 0, charged: 0, undone: 0, chargedAtMs: 0 } as const

/**
 * The effects of an attempt, in order, at least: what is due stays held until a step expires it, and a row that was
 * settled late does not tell whether one had. Where that makes a difference, it is taken for the one that left more
 * room.
 */
export function effectsOf(
  attempt: Attempt,
  { metric, window }: Pick<Limit, 'metric'> & { readonly window?: string | null | undefined },
  releasesOnExpiry: boolean,
): readonly Effect[] {
  const units = (counts: Counts): number => unitsOf(metric, counts)
  const settledAtMs = attempt.settledAtMs ?? Number.POSITIVE_INFINITY
  const charged = units(attempt.charged)
  if (attempt.kind === 'record') return [{ ...nothing, atMs: settledAtMs, kind: 'record', charged }]
  const reserved = units(attempt.reserved)
  const grant: Effect = { ...nothing, atMs: attempt.occurredAtMs, kind: 'grant', held: reserved }
  if (attempt.state === 'pending') return [grant]
  const expiresAtMs = attempt.expiresAtMs ?? Number.POSITIVE_INFINITY
  const settle = { ...nothing, kind: 'settle', held: -reserved } as const
  if (settledAtMs < expiresAtMs) return [grant, { ...settle, atMs: settledAtMs, charged }]
  if (attempt.state === 'expired') {
    if (!releasesOnExpiry) return [grant, { ...settle, atMs: expiresAtMs, charged: reserved }]
    // Held by everybody's account until then; dated a millisecond later where a reset came in between.
    return [grant, { ...settle, atMs: Math.max(expiresAtMs, settledAtMs - 1) }]
  }
  const onExpiry = releasesOnExpiry || window?.startsWith('rolling') === true ? 0 : reserved
  const expiry: Effect = { ...settle, atMs: expiresAtMs, charged: onExpiry }
  const late: Effect = {
    ...settle,
    atMs: settledAtMs,
    held: 0,
    charged,
    undone: onExpiry,
    chargedAtMs: expiresAtMs,
  }
  return [grant, expiry, late]
}
