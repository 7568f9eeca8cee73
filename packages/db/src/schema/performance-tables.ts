import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { count, instant } from './columns.js'

/** Calls by hour, provider, model and consumer: how many ended how, and how long they took. */
export const callHourly = pgTable(
  'call_hourly',
  {
    hourStart: instant('hour_start').notNull(),
    /** '' for requests that were refused before any vendor was called. */
    providerName: text('provider_name').notNull(),
    model: text('model').notNull(),
    consumer: text('consumer').notNull(),
    /** Of several models and consumers: the hour had too many. */
    isOther: boolean('is_other').notNull(),
    answeredCount: count('answered_count').notNull(),
    refusedCount: count('refused_count').notNull(),
    failedCount: count('failed_count').notNull(),
    abortedCount: count('aborted_count').notNull(),
    turnedAwayCount: count('turned_away_count').notNull(),
    /** How many durations each bucket holds, as quota-core defines them. */
    durations: integer('durations').array().notNull(),
    firstTokens: integer('first_tokens').array().notNull(),
  },
  table => [
    // The hour first: it is what is read, counted and removed by.
    primaryKey({
      name: 'call_hourly_group',
      columns: [table.hourStart, table.providerName, table.model, table.consumer, table.isOther],
    }),
  ],
)

/** The last report of calls of each gateway process that was counted: a repeated one is not counted again. */
export const callReport = pgTable(
  'call_report',
  {
    reporter: text('reporter').primaryKey(),
    number: bigint('number', { mode: 'number' }).notNull(),
    reportedAt: instant('reported_at').notNull(),
  },
  table => [index('call_report_reported').on(table.reportedAt)],
)
