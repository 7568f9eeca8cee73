import type { VendorFacts } from './vendor-facts.js'

/** One vendor as a table: the facts, and how it differs from the usual in what it answers. */
export interface Vendor {
  readonly facts: VendorFacts
}
