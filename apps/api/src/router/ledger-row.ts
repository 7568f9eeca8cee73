import {
  type Attempt,
  type AttemptKind,
  type AttemptState,
  type CallOutcome,
  type Counts,
  isoInstant,
  type Metadata,
} from '@quotakeeper/quota-core'
import { withoutCost } from '../tokens/consumer-bounds.js'

/** A ledger row as returned to clients. The counts are its charge. */
export interface LedgerRow extends Counts {
  readonly id: string
  readonly kind: AttemptKind
  readonly state: AttemptState
  /** `''` for tokens of consumers, which see neither provider, pool nor metadata. */
  readonly providerName: string
  /** The provider's pool at that time; null for none. */
  readonly pool: string | null
  /** Null for a call without a model. */
  readonly model: string | null
  /** Id of the client's request; null for none. */
  readonly requestId: string | null
  /** Null for none. */
  readonly consumer: string | null
  /** The consumer's end user; null for none. */
  readonly endUser: string | null
  /** The held counts. */
  readonly reserved: Counts
  /** Whether the charge is an estimate. */
  readonly estimated: boolean
  /** Null until the call has ended. */
  readonly outcome: CallOutcome | null
  /** ISO-8601. */
  readonly occurredAt: string
  /** The provider's day, `YYYY-MM-DD`. */
  readonly date: string
  /** ISO-8601; null if it was never pending. */
  readonly expiresAt: string | null
  /** ISO-8601; null while pending. */
  readonly settledAt: string | null
  readonly metadata: Metadata
}

/** Converts a row for a token of a consumer: without provider, pool and metadata. */
export function ownLedgerRow(attempt: Attempt, showCost: boolean): LedgerRow {
  const row = { ...ledgerRow(attempt), providerName: '', pool: null, metadata: {} }
  return showCost ? row : { ...withoutCost(row), reserved: withoutCost(row.reserved) }
}

/** Converts a row: without hashes, instants as text. */
export function ledgerRow(attempt: Attempt): LedgerRow {
  const { id, kind, state, providerName, poolName, reserved, charged, estimated, outcome, date, metadata } =
    attempt
  return {
    id,
    kind,
    state,
    providerName,
    pool: poolName,
    model: textOrNull(attempt.model),
    requestId: textOrNull(attempt.requestId),
    consumer: textOrNull(attempt.consumer),
    endUser: textOrNull(attempt.endUser),
    ...charged,
    reserved,
    estimated,
    outcome,
    occurredAt: isoInstant(attempt.occurredAtMs),
    date,
    expiresAt: instantOrNull(attempt.expiresAtMs),
    settledAt: instantOrNull(attempt.settledAtMs),
    metadata,
  }
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text
}

function instantOrNull(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}
