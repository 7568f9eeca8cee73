import type { HeaderGroup } from './headers/header-group.js'
import type { SpentWindowHeaders } from './headers/spent-window.js'
import type { RefusalRule } from './refusal/refusal-rule.js'
import type { Refill } from './signals/signal-window.js'
import type { VendorFacts } from './vendor-facts.js'

/** Errors whose instants without a zone are in this IANA zone. */
export interface ErrorZone {
  readonly names: readonly string[]
  readonly timeZone: string
}

/** One vendor as a table: its facts, and how its answers differ from the defaults. */
export interface Vendor {
  readonly facts: VendorFacts
  /** How limits stated with a period return; `calendar` if undocumented. */
  readonly refill: Refill
  /**
   * What determines when a spent limit of a day or month resets: the wait that the vendor's answer has (`stated`), or the
   * end of its day or month (`calendar`), for a vendor whose waits are too short. Use `stated` unless its calendar is known.
   */
  readonly longWaits: 'calendar' | 'stated'
  /** The headers that report its limits; without these, the IETF's are read. */
  readonly headers: readonly HeaderGroup[]
  /** The headers of windows that it reports as spent or not, without their units; none if left out. */
  readonly spentWindows?: readonly SpentWindowHeaders[]
  /** Errors, by one of their names, whose instants without a zone are in another than the vendor's; none if left out. */
  readonly errorZones?: readonly ErrorZone[]
  /** Its rules for refusals; the default rules are applied after these. */
  readonly refusals: readonly RefusalRule[]
}
