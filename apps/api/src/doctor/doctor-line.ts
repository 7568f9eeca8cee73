import type { Discrepancy } from '@quotakeeper/quota-core'
import type { Finding } from './findings.js'

/** A line of the doctor's output: a finding, or the examination of a provider. */
export type DoctorLine =
  | { readonly finding: Finding }
  | {
      readonly examination: {
        readonly providerNames: readonly string[]
        readonly discrepancies: readonly Discrepancy[]
      }
    }
