import type { Charge } from './charge.js'
import type { VendorSignals } from './vendor-signals.js'

/** How an attempt ends in the books: charged, or given back because nothing was sent. */
export type Settlement =
  | { readonly kind: 'commit'; readonly reservationId: string; readonly charge: Charge }
  | { readonly kind: 'release'; readonly reservationId: string }

/** How an attempt ended in the books. */
export type Conclusion =
  /** Nothing was sent: its reservation is given back. */
  | { readonly kind: 'release' }
  /** `signals`: what its vendor reported of quotas; null for nothing. `charge` is worked out after the answer. */
  | { readonly kind: 'charge'; readonly signals: VendorSignals | null; readonly charge: () => Charge }
