import type { Charge } from './charge.js'

/** How an attempt ends in the books: charged, or given back because nothing was sent. */
export type Settlement =
  | { readonly kind: 'commit'; readonly reservationId: string; readonly charge: Charge }
  | { readonly kind: 'release'; readonly reservationId: string }
