import { bigint, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** How alerts reach their receivers: a row for each alert and channel. The alerts themselves are the outbox. */
export const alertDelivery = pgTable(
  'alert_delivery',
  {
    alertId: bigint('alert_id', { mode: 'number' }).notNull(),
    channel: text('channel').notNull(),
    state: text('state').$type<'pending' | 'delivered' | 'dead'>().notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    /** When it is due: while a replica tries, the end of its claim. */
    nextAt: instant('next_at').notNull(),
    deliveredAt: instant('delivered_at'),
    /** '' for none. */
    lastError: text('last_error').notNull().default(''),
  },
  table => [
    primaryKey({ columns: [table.alertId, table.channel] }),
    index('alert_delivery_due').on(table.state, table.nextAt),
  ],
)
