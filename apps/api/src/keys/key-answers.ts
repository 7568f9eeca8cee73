import type { KeyCheck } from '../gateway/check-key.js'

/** A key that was entered, as it is shown. Written out: clients know no types of the database. */
export interface EnteredKey {
  readonly providerName: string
  /** The first digits of its salted fingerprint. */
  readonly fingerprint: string
  readonly keyPairId: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
  /** ISO-8601. */
  readonly enteredAt: string
  readonly enteredBy: string
}

/** A key that was stored just now. */
export interface EnteredNow extends EnteredKey {
  /** Another provider with the same key, which would count one account twice; null for none. */
  readonly sameAs: string | null
}

/** A key that was entered sealed. */
export interface EnteredSealed {
  /** The vendor's answer to it. */
  readonly check: KeyCheck
  /** Null if it was not stored, since the vendor does not accept it. */
  readonly entered: EnteredNow | null
}

/** A key as gateways read it. */
export interface KeyForGateways {
  readonly providerName: string
  /** Base64url. */
  readonly ciphertext: string
  readonly keyPairId: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
}

/** What a gateway reads. */
export interface SealedAnswer {
  readonly revision: string
  /** Null if the gateway's copy is current. */
  readonly keys: readonly KeyForGateways[] | null
}
