import type { HeaderGroup } from './headers/header-group.js'
import type { RefusalRule } from './refusal/refusal-rule.js'
import type { Refill } from './signals/signal-window.js'
import type { VendorFacts } from './vendor-facts.js'

/** One vendor as a table: the facts, and how it differs from the usual in what it answers. */
export interface Vendor {
  readonly facts: VendorFacts
  /** How the limits that it names by their period come back. */
  readonly refill: Refill
  /**
   * Whose word holds for the end of a calendar day or month: the `calendar`'s, where the vendor asks for
   * shorter waits than it means, or what is `stated`, where the calendar that it follows isn't known.
   */
  readonly longWaits: 'calendar' | 'stated'
  /** The headers in which it tells of limits; where they are silent, the IETF's are read. */
  readonly headers: readonly HeaderGroup[]
  /** How it words refusals; the usual rules follow after these. */
  readonly refusals: readonly RefusalRule[]
}
