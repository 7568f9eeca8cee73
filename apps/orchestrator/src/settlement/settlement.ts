import type { Charge } from './charge.js'
import type { PricedCharge } from './priced-charge.js'
import type { VendorSignals } from './vendor-signals.js'

/** A settlement of an attempt: a charge, or a release because nothing was sent. */
export type Settlement =
  | { readonly kind: 'commit'; readonly reservationId: string; readonly charge: PricedCharge }
  | { readonly kind: 'release'; readonly reservationId: string }

/** The conclusion of an attempt. */
export type Conclusion =
  /** Nothing was sent: the reservation is released. */
  | { readonly kind: 'release' }
  /** `signals`: quotas reported by the vendor; null for none. `charge` is computed after the answer. */
  | {
      readonly kind: 'charge'
      readonly signals: VendorSignals | null
      readonly charge: () => Charge
      /** How the stream of the answer ended; absent for whole answers. */
      readonly ending?: 'succeeded' | 'failed' | 'aborted'
    }
