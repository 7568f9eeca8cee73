import type { Database, Session } from '../src/index.js'

/** The first value of the first row that a statement answers in a session. */
export async function valueIn(session: Session, text: string): Promise<unknown> {
  const [rows] = await session.run([{ name: '', text, values: [] }])
  return Object.values(rows?.[0] ?? {})[0]
}

/** The same in a session of its own. */
export function readValue(database: Database, text: string): Promise<unknown> {
  return database.withSession(session => valueIn(session, text))
}
