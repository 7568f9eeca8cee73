import type { SignalMetric } from '../signals/limit-signal.js'
import type { SignalWindow } from '../signals/signal-window.js'
import type { Source } from '../vendor-facts.js'

/** One limit of a preset, in the words of a provider's configuration. */
export interface PresetLimit {
  readonly metric: SignalMetric
  readonly window: SignalWindow
  /** Units per window; cost in millionths of a US dollar. */
  readonly max: number
  /** Glob of the models that it concerns; every call unless given. */
  readonly model?: string
  /** `model`: one counter for each model that matches. */
  readonly per?: 'model'
  /** False where cached input is free of the limit. */
  readonly countsCached?: boolean
}

/** What a vendor's tier allows, as far as it was known on a day. Accounts differ: answers correct it. */
export interface Preset {
  /** `groq/free` */
  readonly name: string
  readonly vendor: string
  /** IANA zone of the calendar windows. */
  readonly timeZone: string
  readonly limits: readonly PresetLimit[]
  /** What to know before trusting it: what it leaves out, and where sources disagree. */
  readonly note: string
  readonly sources: readonly Source[]
}
