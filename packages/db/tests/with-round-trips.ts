import type { Database, Session } from '../src/index.js'

/** The database, with each round trip made by `roundTrip`, which gets the statements and the original `run`. */
export function withRoundTrips(
  database: Database,
  roundTrip: (statements: Parameters<Session['run']>[0], run: Session['run']) => ReturnType<Session['run']>,
): Database {
  return {
    ...database,
    withSession: (work, options) =>
      database.withSession(
        session => work({ run: statements => roundTrip(statements, sent => session.run(sent)) }),
        options,
      ),
  }
}
