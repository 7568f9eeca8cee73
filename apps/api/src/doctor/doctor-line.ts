import type { Discrepancy } from '@quotakeeper/quota-core'
import type { Finding } from './findings.js'

/** What a doctor reads, one after the other: a finding, or whose books have been added up and what came of it. */
export type DoctorLine =
  | { readonly finding: Finding }
  | {
      readonly examination: {
        readonly providerNames: readonly string[]
        readonly discrepancies: readonly Discrepancy[]
      }
    }
