import type { Scope } from '@quotakeeper/quota-core'
import { sql } from 'drizzle-orm'
import { bigserial, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** Tokens of callers: of their secrets only the SHA-256. */
export const accessToken = pgTable(
  'access_token',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    name: text('name').notNull(),
    /** 64 lower-case hexadecimal digits. */
    sha256: text('sha256').notNull(),
    /** '' for none. */
    consumer: text('consumer').notNull().default(''),
    scopes: text('scopes').array().$type<Scope[]>().notNull(),
    managedBy: text('managed_by').$type<'file' | 'api'>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** Null if it does not expire. */
    expiresAt: instant('expires_at'),
    /** May be in the future; null if it is not revoked. */
    revokedAt: instant('revoked_at'),
    /** `file` if it is no longer in the configuration file: it returns with its line. Null if it is not revoked. */
    revokedBy: text('revoked_by').$type<'file' | 'api'>(),
    /** To the minute; null if it has not been used. */
    lastUsedAt: instant('last_used_at'),
  },
  table => [
    uniqueIndex('access_token_sha256').on(table.sha256),
    uniqueIndex('access_token_name').on(table.name).where(sql`revoked_at is null`),
    index('access_token_listed').on(sql`${table.name} collate "C"`, table.id),
  ],
)
