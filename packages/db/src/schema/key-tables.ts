import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** Values that are made once for an installation: `key-salt`, the salt of keys' fingerprints. */
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
