import type { Limit } from '@quotakeeper/quota-core'

/** Something that moved a rolling level. */
export type LevelEvent =
  | {
      readonly kind: 'charge' | 'undo'
      readonly units: number
      readonly spentAtMs: number
      readonly atMs: number
    }
  | { readonly kind: 'raise'; readonly units: number; readonly atMs: number }
  | { readonly kind: 'clear'; readonly atMs: number }
  | { readonly kind: 'rate'; readonly max: number; readonly atMs: number }

export const isRolling = (limit: Limit): boolean => limit.window?.startsWith('rolling') === true

export function windowMsOf(limit: Limit): number {
  const match = /^rolling-(\d+)([smhd])$/.exec(limit.window ?? '')
  return Number(match?.[1]) * ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? ''] ?? 0)
}

/** The levels of rolling limits, recomputed from all events of a counter each time. */
export class NaiveLevels {
  readonly #events = new Map<string, LevelEvent[]>()

  add(key: string, event: LevelEvent): void {
    this.#events.set(key, [...(this.#events.get(key) ?? []), event])
  }

  /** Empties the levels of an owner. */
  clear(owner: string, atMs: number): void {
    for (const key of this.#events.keys()) {
      if (key.startsWith(`${owner} `)) this.add(key, { kind: 'clear', atMs })
    }
  }

  /** Units × the window's milliseconds. */
  level(key: string, limit: Limit, nowMs: number): bigint {
    const windowMs = BigInt(windowMsOf(limit))
    let level = 0n
    let rate = 0n
    let atMs = 0
    const drain = (untilMs: number): void => {
      const drained = rate * BigInt(Math.max(0, untilMs - atMs))
      level = level > drained ? level - drained : 0n
      // An empty level is independent of the instant.
      atMs = level > 0n ? Math.max(atMs, untilMs) : untilMs
    }
    for (const event of this.#events.get(key) ?? []) {
      drain(event.atMs)
      if (event.kind === 'rate') rate = BigInt(event.max)
      else if (event.kind === 'clear') level = 0n
      else if (event.kind === 'raise') {
        const reported = BigInt(event.units) * windowMs
        if (reported > level) level = reported
      } else {
        const gone = rate * BigInt(Math.max(0, atMs - event.spentAtMs))
        const whole = BigInt(event.units) * windowMs
        const left = whole > gone ? whole - gone : 0n
        level = event.kind === 'charge' ? level + left : level > left ? level - left : 0n
      }
    }
    drain(nowMs)
    return level
  }
}
