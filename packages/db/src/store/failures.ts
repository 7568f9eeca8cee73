import { QuotaError } from '@quotakeeper/quota-core'
import type { Database, Session, SessionOptions } from '../database/database.js'

/** A statement or a connection has failed; `cause` is the driver's error. Other errors are our own faults. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure'
}

/** Like {@link Database.withSession}, with the driver's errors wrapped, and so distinct from all others. */
export function withCheckedSession<T>(
  database: Database,
  work: (session: Session) => Promise<T>,
  options?: SessionOptions,
): Promise<T> {
  const checked = (session: Session): Promise<T> =>
    work({
      run: async statements => {
        try {
          return await session.run(statements)
        } catch (error) {
          throw new DatabaseFailure('a statement failed', { cause: error })
        }
      },
    })
  return database.withSession(checked, options)
}

/**
 * SQLSTATEs after which the same batch may run again, on a new connection: 40001 serialization failure, 40P01 deadlock,
 * 25P03 idle in transaction for too long (this process was paused), 55P03 lock not acquired in time, 57014 statement
 * took too long, 25006 read-only (a primary that became a standby), 53300 too many connections, 57P01 to 57P03 server
 * stopping or starting, 23505 an attempt's id that another process has inserted meanwhile, and which is visible now.
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

/** Those that concern a batch's own subjects and attempts. */
const ofSubjects = new Set(['23505', '55P03'])

/** Whether what has failed may succeed unchanged: the database was away, or other sessions interfered. */
export function mayPass(error: unknown): boolean {
  if (error instanceof QuotaError) return error.isRetryable
  if (!(error instanceof DatabaseFailure)) return false
  const state = sqlStateOf(error)
  return state === null || passing.has(state) || state.startsWith('08')
}

/**
 * Classes of SQLSTATE that concern the server as a whole, not a statement: 08 connection, 25 read-only
 * and other states of the transaction, 28 and 3D access, 53 no memory, disk or connections, 57 shutdown, 58 its
 * disk, F0 its configuration.
 */
const ofServer = /^(?:08|25|28|3D|53|57|58|F0)/

/**
 * Whether a lock was not acquired in time: that concerns the subjects of the batch alone. Of a `slow` one, which waits for
 * locks one after the other, a statement that took too long means the same.
 */
export function isOfLocks(error: unknown, { isSlow }: { readonly isSlow: boolean }): boolean {
  const state = sqlStateOf(error)
  return state === '55P03' || (isSlow && state === '57014')
}

/** Whether other commands would fail in the same way, so that there is no use in trying them. */
export function concernsAll(error: unknown): boolean {
  if (!(error instanceof QuotaError) || !error.isRetryable) return false
  const state = sqlStateOf(error)
  return state === null || ofServer.test(state) || (passing.has(state) && !ofSubjects.has(state))
}

/**
 * Whether the input is at fault. Only 22 (data exception) and 23 (constraint violation) prove that: a full disk, a missing
 * table or an unknown code is the store's fault.
 */
function isInputFault(error: DatabaseFailure): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '') && !mayPass(error)
}

/** The SQLSTATE of the server's error that caused an error; null where there is none. */
export function sqlStateOf(error: unknown): string | null {
  const state = serverErrorOf(error)?.code
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? state : null
}

/** Both drivers copy the fields of the server's ErrorResponse, which always has a severity; EPIPE has none. */
function serverErrorOf(error: unknown): (Error & { readonly code?: unknown }) | null {
  let cause = error
  for (let depth = 0; depth < maxCauses && cause instanceof Error; depth++) {
    if ('severity' in cause) return cause
    cause = cause.cause
  }
  return null
}

/** Causes that are followed at most: none of our errors has as many. */
const maxCauses = 8

/** The error for a store that did not answer in time. */
export function unavailable(cause: unknown): QuotaError {
  if (cause instanceof QuotaError) return cause
  const state = sqlStateOf(cause)
  const reason = state === null ? 'the database does not answer' : reasonOf(cause, state)
  return new QuotaError('STORE_UNAVAILABLE', `${reason}; try again shortly`, { cause })
}

/** A failure as callers of a store get it: INVALID_INPUT where their input is at fault, else STORE_UNAVAILABLE. */
export function toStoreError(error: DatabaseFailure): QuotaError {
  if (!isInputFault(error)) return unavailable(error)
  return new QuotaError('INVALID_INPUT', 'the database rejects this input', { cause: error })
}

/** The server's message. Its detail and its query, which hold values, are left out. */
function reasonOf(failure: unknown, state: string): string {
  const words = serverErrorOf(failure)?.message.replaceAll(/\s+/g, ' ') ?? 'no details'
  return `the database failed with SQLSTATE ${state}: ${words}`
}
