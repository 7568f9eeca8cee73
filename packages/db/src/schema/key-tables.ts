import { bigserial, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * Single values of an installation: `key-salt`, the salt of keys' fingerprints, made once; `routing`, the settings of
 * routing that were made over the API, as JSON.
 */
export const installationFact = pgTable('installation_fact', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})

/** Which keys a gateway has, as it last reported: no key, nor anything that a key can be found by. */
export const gatewayKey = pgTable(
  'gateway_key',
  {
    /** Where it runs: host name and port. */
    gateway: text('gateway').notNull(),
    providerName: text('provider_name').notNull(),
    /** The variable that holds the key, or is to hold it; '' where none is needed. */
    variable: text('variable').notNull().default(''),
    /** Salted; null without a key. */
    fingerprint: text('fingerprint'),
    /** Why it cannot be called; null where it can. */
    reason: text('reason'),
    /** The result of the last check with its vendor; null where none was made. */
    checkResult: text('check_result'),
    /** Null where the vendor did not answer. */
    checkHttpStatus: integer('check_http_status'),
    checkedAt: instant('checked_at'),
    reportedAt: instant('reported_at').notNull(),
    /** When this key last ended the refusal of another. */
    retriedAt: instant('retried_at'),
  },
  table => [
    primaryKey({ columns: [table.gateway, table.providerName] }),
    index('gateway_key_provider').on(table.providerName, table.reportedAt),
  ],
)

/** Vendors' keys that were entered over the API, encrypted to a key pair whose private half only gateways have. */
export const sealedKey = pgTable(
  'sealed_key',
  {
    providerName: text('provider_name').primaryKey(),
    /** A new number for each key that is entered. */
    revision: bigserial('revision', { mode: 'number' }).notNull(),
    /** Base64url: encapsulated key, then ciphertext. */
    ciphertext: text('ciphertext').notNull(),
    /** Of the key, salted. */
    fingerprint: text('fingerprint').notNull(),
    keyPairId: text('key_pair_id').notNull(),
    /** Bound to the ciphertext, like the provider: it cannot be decrypted for another vendor or base URL. */
    vendor: text('vendor').notNull(),
    /** '' for the vendor's own. */
    baseUrl: text('base_url').notNull().default(''),
    enteredAt: instant('entered_at').notNull(),
    enteredBy: text('entered_by').notNull(),
  },
  table => [uniqueIndex('sealed_key_revision').on(table.revision)],
)

/** The public halves of the key pairs that a gateway has, as it last offered them. */
export const sealingOffer = pgTable('sealing_offer', {
  gateway: text('gateway').primaryKey(),
  /** The first is the one to seal with. */
  publicKeys: jsonb('public_keys').$type<{ readonly id: string; readonly publicKey: string }[]>().notNull(),
  offeredAt: instant('offered_at').notNull(),
})
