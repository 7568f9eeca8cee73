import type { Database, Session } from '../src/index.js'

/** The database, with each trip made by `trip`, which is given the one that it stands for. */
export function withTrips(
  database: Database,
  trip: (statements: Parameters<Session['run']>[0], run: Session['run']) => ReturnType<Session['run']>,
): Database {
  return {
    ...database,
    withSession: (work, options) =>
      database.withSession(
        session => work({ run: statements => trip(statements, sent => session.run(sent)) }),
        options,
      ),
  }
}
