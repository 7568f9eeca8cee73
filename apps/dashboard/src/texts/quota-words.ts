import type { ReasonParts } from '@quotakeeper/quota-core/rules'
import type { SkippedLine } from '@quotakeeper/vendors/paste'

/** Words for what quota-core, the gateway and the reader of pasted keys name by codes. Codes of newer releases are named as they are. */
export interface QuotaWords {
  /** Why a provider does not take a call, to follow its name. `instantText` formats the instant of its return; null omits it. */
  readonly reasonText: (reason: ReasonParts, instantText: ((instant: string) => string) | null) => string
  /** What a limit measures: `characters a day`. */
  readonly measureWords: (measure: { readonly metric: string; readonly window: string | null }) => string
  readonly metricWord: (metric: string) => string
  readonly windowWord: (window: string) => string
  /** A provider by its name, others with their kind. */
  readonly subjectLabel: (subject: { readonly kind: string; readonly name: string }) => string
  /** A code of an error of the gateway: `quota exhausted`. */
  readonly errorWords: (code: string) => string
  /** How an attempt ended: a word of the gateway, or the fault as it reported it. */
  readonly endingWords: (ending: string) => string
  /** Why a line of a pasted text is skipped. */
  readonly skipText: (skipped: SkippedLine) => string
}
