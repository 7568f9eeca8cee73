import type { ProviderStats } from '../data/api.js'
import { clockTime, until } from './instants.js'

/** How pressing it is: from the status, which the API decides. */
export type Tone = 'fine' | 'warning' | 'critical' | 'off' | 'paused'

/** How a provider stands, in words. */
export interface Standing {
  readonly tone: Tone
  /** `available`, `off: quota spent`. */
  readonly word: string
  /** `back at 16:40 (in 2 h 10 min)`; null where there is nothing to wait for. */
  readonly when: string | null
}

const offWords = {
  admin: 'switched off',
  quota: 'quota spent',
  vendor: 'refused by the vendor',
} as const

export function standingOf(stats: ProviderStats, nowMs: number): Standing {
  const { status, disabledBy, available, availableAt } = stats
  const back = available ? null : backAt(availableAt, nowMs)
  if (status === 'disabled') {
    const when = disabledBy === 'admin' ? 'until it is enabled' : disabledBy === 'vendor' ? trial(back) : back
    return { tone: 'off', word: disabledBy === null ? 'off' : offWords[disabledBy], when }
  }
  // A minute's quota is spent, or calls in flight hold all of it, while the day's is fine.
  if (!available) return { tone: 'paused', word: 'paused', when: back }
  const when = runsOut(stats, nowMs)
  return { tone: status === 'available' ? 'fine' : status, word: status, when }
}

/** What a vendor refused may be refused again. */
function trial(back: string | null): string | null {
  return back?.replace(/^back/, 'tried again') ?? null
}

function backAt(instant: string | null, nowMs: number): string {
  if (instant === null) return 'return unknown'
  return `back ${clockTime(instant, nowMs)} (${until(instant, nowMs)})`
}

/** By the first of its limits to run out; null where all last until their reset. */
function runsOut({ limits }: ProviderStats, nowMs: number): string | null {
  const [first] = limits
    .flatMap(({ exhaustsAt, mode, model }) =>
      exhaustsAt === null || mode !== 'enforce' || model !== null ? [] : [exhaustsAt],
    )
    .sort()
  return first === undefined ? null : `runs out ${clockTime(first, nowMs)} (${until(first, nowMs)})`
}

/** Which of the groups of the overview a provider belongs to. */
export type Group = 'off' | 'soon' | 'fine'

export function groupOf({ tone, when }: Standing): Group {
  if (tone === 'off' || tone === 'paused') return 'off'
  return tone === 'fine' && when === null ? 'fine' : 'soon'
}
