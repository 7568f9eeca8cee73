import { AccessTokens, CallBook, type Database, pruneOldRows, RequestTraces } from '@quotakeeper/db'
import type { RetentionDays } from '@quotakeeper/quota-core'

/** Most steps of a turn, of at most 1,000 rows each: a few seconds of work. */
const maxStepsOfTurn = 100

/** Pauses in milliseconds, before jitter. */
export interface RetentionPauses {
  readonly firstMs: number
  /** After a turn that left no old rows. */
  readonly idleMs: number
  /** After a turn that used all its steps: at least 360,000 rows an hour, far more than are added. */
  readonly busyMs: number
}

const defaultPauses: RetentionPauses = { firstMs: 60_000, idleMs: 600_000, busyMs: 10_000 }

/** The part of a pino logger that it needs; details first. */
interface RetentionLog {
  info(details: object, text: string): void
  warn(details: object, text: string): void
}

export interface RetentionOptions {
  readonly database: Database
  readonly days: RetentionDays
  readonly log: RetentionLog
  readonly pauses?: RetentionPauses
}

/**
 * Removes old rows periodically, a bounded number per turn. Any number of processes may do so concurrently; jitter
 * keeps them from running at the same time. Failures are logged and retried at the next turn.
 */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  const { firstMs, idleMs, busyMs } = options.pauses ?? defaultPauses
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()
  const wait = (pauseMs: number): void => {
    if (isStopped) return
    timer = setTimeout(() => {
      turn = takeTurn(options, () => isStopped).then(isFinished => wait(isFinished ? idleMs : busyMs))
    }, jittered(pauseMs))
    // Does not keep the process alive: the next process can do this work.
    timer.unref()
  }
  wait(firstMs)
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await turn
    },
  }
}

/** Adds jitter of ±50 %. */
function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random())
}

/** Returns whether nothing is left to do. Never rejects. */
async function takeTurn(
  { database, days, log }: RetentionOptions,
  isStopped: () => boolean,
): Promise<boolean> {
  try {
    const pruned = await pruneOldRows(database, { ...days, maxSteps: maxStepsOfTurn, isStopped })
    const { ledgerRows, hourlyRows, counters, coolDowns, isFinished } = pruned
    const traces = await repeat(() => new RequestTraces(database).prune(), isStopped)
    const calls = await repeat(() => new CallBook(database).prune(), isStopped)
    const tokens = await repeat(() => new AccessTokens(database).prune(), isStopped)
    if (ledgerRows + hourlyRows + counters + coolDowns + traces + calls + tokens > 0) {
      log.info(
        { ledgerRows, hourlyRows, counters, coolDowns, traces, calls, tokens },
        'old rows were removed',
      )
    }
    return isFinished
  } catch (error) {
    log.warn({ err: error }, 'old rows could not be removed; trying again later')
    return true
  }
}

/** Repeats a step until nothing is left, or the turn's steps are used up; answers the rows of all. */
async function repeat(prune: () => Promise<number>, isStopped: () => boolean): Promise<number> {
  let removed = 0
  for (let step = 0; step < maxStepsOfTurn && !isStopped(); step++) {
    const rows = await prune()
    removed += rows
    if (rows === 0) break
  }
  return removed
}

const dayMs = 86_400_000

/** The first day whose rows cannot have been removed yet, in any time zone. */
export function ledgerWholeFrom(ledgerDays: number): string {
  return new Date(Date.now() - (ledgerDays - 2) * dayMs).toISOString().slice(0, 10)
}
