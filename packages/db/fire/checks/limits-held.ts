import {
  type Attempt,
  isSameSubject,
  type PoolInput,
  type ProviderInput,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import type { SettingsHistory } from '../fixture/settings-history.js'
import { type Effect, effectsOf } from './effects.js'
import { grantsAboveMax } from './grants-within-max.js'

type LimitInput = NonNullable<ProviderInput['limits']>[number]

const calendarMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** A subject of the world, whose limits are to be proven. */
export interface Subject {
  readonly ref: SubjectRef
  readonly input: PoolInput | ProviderInput
}

/** Grants that went above any limit of any subject, by the ledger alone. */
export function limitsExceeded(
  ledger: readonly Attempt[],
  subjects: readonly Subject[],
  options: {
    readonly settings: SettingsHistory
    readonly releasesOnExpiry: (providerName: string) => boolean
  },
): readonly string[] {
  return subjects.flatMap(({ ref, input }) => {
    const own = ledger.filter(({ subjects: met }) => met.some(other => isSameSubject(other, ref)))
    return (input.limits ?? []).flatMap(limit => limitExceeded(own, { ref, limit }, options))
  })
}

function limitExceeded(
  attempts: readonly Attempt[],
  { ref, limit }: { readonly ref: SubjectRef; readonly limit: LimitInput },
  { settings, releasesOnExpiry }: Parameters<typeof limitsExceeded>[2],
): readonly string[] {
  const limitId = limit.id ?? `${limit.metric}/${limit.window}`
  const groups = new Map<string, Effect[]>()
  for (const attempt of attempts) {
    if (!concerns(limit, attempt.model)) continue
    const model = limit.per === 'model' ? attempt.model : ''
    const group = `${windowStart(limit.window, attempt.occurredAtMs)} ${model}`
    const effects = effectsOf(attempt, limit, releasesOnExpiry(attempt.providerName))
    const known = groups.get(group) ?? []
    groups.set(group, known)
    known.push(...effects)
  }
  return [...groups].flatMap(([group, effects]) =>
    grantsAboveMax(effects, {
      limitName: `${ref.kind} ${ref.name}: ${limitId} ${group}`.trim(),
      rollingMs: rollingMs(limit.window),
      maxAllowed: atMs => settings.maxAllowed(ref, limitId, atMs),
    }),
  )
}

/** The world's globs are a start and a star. */
function concerns({ model }: LimitInput, name: string): boolean {
  return model === undefined || model === null || name.startsWith(model.replace('*', ''))
}

/** Days are those of UTC, and minutes and hours are whole everywhere. Rolling limits and those in total have one window. */
function windowStart(window: string | null | undefined, instantMs: number): number {
  const lengthMs = calendarMs[window ?? '']
  return lengthMs === undefined ? 0 : Math.floor(instantMs / lengthMs) * lengthMs
}

function rollingMs(window: string | null | undefined): number | null {
  const seconds = /^rolling-(\d+)s$/.exec(window ?? '')?.[1]
  return seconds === undefined ? null : Number(seconds) * 1_000
}
