import type { SignalMetric } from '../signals/limit-signal.js'
import type { SignalWindow } from '../signals/signal-window.js'
import type { Source } from '../vendor-facts.js'

/** One limit of a preset, in the form of a provider's configuration. */
export interface PresetLimit {
  readonly metric: SignalMetric
  readonly window: SignalWindow
  /** Units per window; cost in millionths of a US dollar. */
  readonly max: number
  /** Glob of the models that it limits; every call unless given. */
  readonly model?: string
  /** `model`: one counter for each matching model. */
  readonly per?: 'model'
  /** False if cached input does not count. */
  readonly countsCached?: boolean
}

/** The limits of a vendor's tier, as known on a day. Accounts differ; the vendor's answers correct them. */
export interface Preset {
  /** `groq/free`. Samples for keys in the environment use the preset `VENDOR/free`. */
  readonly name: string
  readonly vendor: string
  /** IANA zone of the calendar windows. */
  readonly timeZone: string
  readonly limits: readonly PresetLimit[]
  /** Caveats: what it omits, and where sources disagree. */
  readonly note: string
  readonly sources: readonly Source[]
}
