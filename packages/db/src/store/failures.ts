import { QuotaError } from '@quotakeeper/quota-core'
import type { Database, Session } from '../database/database.js'

/** A statement or a connection has failed; `cause` is the driver's error. Other errors are our own faults. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure'
}

/** Like {@link Database.withSession}, with the driver's errors told from all others. */
export function withCheckedSession<T>(
  database: Database,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return database.withSession(session =>
    work({
      run: async statements => {
        try {
          return await session.run(statements)
        } catch (error) {
          throw new DatabaseFailure('a statement has failed', { cause: error })
        }
      },
    }),
  )
}

/**
 * SQLSTATEs after which the same batch may simply run again, on a new connection: 40001 serialization
 * failure, 40P01 deadlock, 25P03 idle in transaction for too long (this process was paused), 55P03 lock
 * not had in time, 57014 statement took too long, 25006 read-only (a primary that became a standby),
 * 53300 too many connections, 57P01 to 57P03 server going down or coming up, 23505 an attempt's id that
 * another process has entered meanwhile, and which now can be seen.
 */
const passing = new Set([
  '40001',
  '40P01',
  '25P03',
  '55P03',
  '57014',
  '25006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '23505',
])

/** Whether what has failed may succeed unchanged: the database was away, or others were in the way. */
export function mayPass(error: unknown): boolean {
  if (error instanceof QuotaError) return error.isRetryable
  if (!(error instanceof DatabaseFailure)) return false
  const state = sqlState(error.cause)
  return state === null || passing.has(state) || state.startsWith('08')
}

/** The SQLSTATE of a driver's error; null where the server said nothing, as when a connection is lost. */
function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null
}

/** The error for a store that did not answer in time. */
export function unavailable(cause: unknown): QuotaError {
  if (cause instanceof QuotaError) return cause
  return new QuotaError('STORE_UNAVAILABLE', 'the database does not answer; try again shortly', { cause })
}

/** The outcome of a command that the database refuses for what it holds. */
export function unstorable(cause: DatabaseFailure): QuotaError {
  return new QuotaError('INVALID_INPUT', 'the database cannot store this input', { cause })
}
