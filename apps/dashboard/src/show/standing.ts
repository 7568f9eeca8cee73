import type { ConsumerStats, LimitState, ProviderStats } from '../data/api.js'
import type { Language } from '../texts/language.js'

/** Urgency, from the status computed by the API. `keyless`: no gateway has a key for it. */
export type Tone = 'fine' | 'warning' | 'critical' | 'off' | 'paused' | 'refused' | 'keyless'

/** What is known of a provider's key, beside its quota. */
export interface KeyState {
  /** The variable that would hold the missing key, null for an entered key that cannot be opened; undefined if it has one. */
  readonly missing?: string | null | undefined
  /** Why the vendor refuses the key, and what to do; undefined if it does not. */
  readonly refusal?: string | undefined
}

/** The state of a provider or a consumer. */
type Stats = Pick<ProviderStats | ConsumerStats, 'status' | 'disabledBy' | 'available' | 'availableAt'> & {
  readonly limits: readonly LimitState[]
}

/** The state of a provider or a consumer in words. */
export interface Standing {
  readonly tone: Tone
  /** `available`, `off: quota spent`. */
  readonly word: string
  /** `back at 16:40 (in 2 h 10 min)`; null if there is nothing to wait for. */
  readonly when: string | null
  /** The cause and the remedy, where a person must act; absent otherwise. */
  readonly remedy?: string
}

const offWords = {
  admin: 'standing.disabled',
  quota: 'standing.quotaSpent',
  vendor: 'standing.refused',
} as const

export function standingOf(
  language: Language,
  stats: Stats,
  nowMs: number,
  { missing, refusal }: KeyState = {},
): Standing {
  const { t } = language
  const { status, disabledBy, available, availableAt } = stats
  if (missing !== undefined) {
    const remedy =
      missing === null ? t('standing.cannotOpen') : t('standing.setVariable', { variable: missing })
    return { tone: 'keyless', word: t('standing.noKey'), when: null, remedy }
  }
  // After a refusal the next call is only a retry, which may be refused again.
  const isTrial = status === 'disabled' && disabledBy === 'vendor'
  const back = available ? null : backAt(language, availableAt, nowMs, isTrial)
  if (status === 'disabled') {
    const when = disabledBy === 'admin' ? t('standing.untilEnabled') : back
    if (disabledBy === 'vendor' && refusal !== undefined)
      return { tone: 'refused', word: t(offWords.vendor), when, remedy: refusal }
    return { tone: 'off', word: t(disabledBy === null ? 'standing.off' : offWords[disabledBy]), when }
  }
  // The quota per minute is spent or held by calls in flight, while the daily one is not.
  if (!available) return { tone: 'paused', word: t('standing.paused'), when: back }
  const when = runsOut(language, stats, nowMs)
  return { tone: status === 'available' ? 'fine' : status, word: t(`standing.${status}`), when }
}

function backAt(
  { t, clockTime, until }: Language,
  instant: string | null,
  nowMs: number,
  isTrial: boolean,
): string {
  if (instant === null) return t('standing.returnUnknown')
  const instants = { when: clockTime(instant, nowMs), until: until(instant, nowMs) }
  return t(isTrial ? 'standing.retried' : 'standing.back', instants)
}

/** When the first of its limits runs out; null if all last until their reset. */
function runsOut(
  { t, clockTime, until }: Language,
  { limits }: Pick<Stats, 'limits'>,
  nowMs: number,
): string | null {
  const [first] = limits
    .flatMap(({ exhaustsAt, mode, model, user }) =>
      exhaustsAt == null || mode !== 'enforce' || model !== null || user !== null ? [] : [exhaustsAt],
    )
    .sort()
  return first === undefined
    ? null
    : t('standing.runsOut', { when: clockTime(first, nowMs), until: until(first, nowMs) })
}

/** The group of a provider in the overview. */
export type Group = 'off' | 'soon' | 'fine' | 'keyless'

export function groupOf({ tone, when }: Standing): Group {
  if (tone === 'keyless') return 'keyless'
  if (tone === 'off' || tone === 'paused' || tone === 'refused') return 'off'
  return tone === 'fine' && when === null ? 'fine' : 'soon'
}
