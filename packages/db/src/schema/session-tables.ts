import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** Sessions of the page that were ended before their time; of each a random id, which is no credential. */
export const endedSession = pgTable(
  'ended_session',
  {
    /** '' for all that began before `started_before`: there were more than are kept. */
    id: text('id').primaryKey(),
    /** When it would have ended by itself: the row is not needed after that. */
    endsAt: instant('ends_at').notNull(),
    startedBefore: instant('started_before'),
  },
  table => [index('ended_session_ends').on(table.endsAt)],
)
