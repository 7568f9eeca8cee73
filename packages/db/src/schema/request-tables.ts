import type { TraceDetails } from '@quotakeeper/quota-core'
import { bigserial, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { count, instant } from './columns.js'

/** How requests of clients were routed: one row each, or one for refusals that are alike within a minute. */
export const requestTrace = pgTable(
  'request_trace',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** The request's id, or the key of refusals that are alike. */
    mergeKey: text('merge_key').notNull(),
    /** The latest of them. */
    requestIds: text('request_ids').array().notNull(),
    count: count('count').notNull(),
    firstAt: instant('first_at').notNull(),
    lastAt: instant('last_at').notNull(),
    model: text('model').notNull(),
    outcome: text('outcome').$type<'answered' | 'refused' | 'aborted'>().notNull(),
    /** Null where the client had gone. */
    httpStatus: integer('http_status'),
    /** '' for none. */
    code: text('code').notNull().default(''),
    /** The provider that served it; '' for none. */
    providerName: text('provider_name').notNull().default(''),
    /** The consumer of the call; '' for none. */
    consumer: text('consumer').notNull().default(''),
    details: jsonb('details').$type<TraceDetails>().notNull(),
  },
  table => [
    uniqueIndex('request_trace_merge').on(table.mergeKey),
    index('request_trace_newest').on(table.lastAt, table.id),
    index('request_trace_request').using('gin', table.requestIds),
  ],
)
