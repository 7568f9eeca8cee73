import { type Database, pruneOldRows, RequestTraces } from '@quotakeeper/db'
import type { RetentionDays } from '@quotakeeper/quota-core'

/** Steps of one turn, of at most 1,000 rows each: some seconds of work. */
const maxStepsOfTurn = 100

/** How long to wait, in milliseconds, before any jitter. */
export interface RetentionPauses {
  readonly firstMs: number
  /** After a turn that has left nothing old. */
  readonly idleMs: number
  /** After a turn whose steps were used up: 360,000 rows an hour at least, far more than come in. */
  readonly busyMs: number
}

const defaultPauses: RetentionPauses = { firstMs: 60_000, idleMs: 600_000, busyMs: 10_000 }

/** What of a logger it needs: details first, as pino takes them. */
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
 * Removes old rows now and then, a bounded number in a turn. Any number of processes may do so at once;
 * pauses differ by chance, so that they don't keep doing it at the same time. What fails is logged and
 * tried again at the next turn.
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
    // Nobody is kept from ending by work that the next process does as well.
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

/** From half to one and a half of the pause. */
function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random())
}

/** Whether nothing is left to do for now. Never rejects. */
async function takeTurn(
  { database, days, log }: RetentionOptions,
  isStopped: () => boolean,
): Promise<boolean> {
  try {
    const pruned = await pruneOldRows(database, { ...days, maxSteps: maxStepsOfTurn, isStopped })
    const { ledgerRows, hourlyRows, counters, coolDowns, isFinished } = pruned
    const traces = await pruneTraces(database, isStopped)
    if (ledgerRows + hourlyRows + counters + coolDowns + traces > 0) {
      log.info({ ledgerRows, hourlyRows, counters, coolDowns, traces }, 'old rows were removed')
    }
    return isFinished
  } catch (error) {
    log.warn({ err: error }, 'old rows could not be removed; trying again later')
    return true
  }
}

async function pruneTraces(database: Database, isStopped: () => boolean): Promise<number> {
  const traces = new RequestTraces(database)
  let removed = 0
  for (let step = 0; step < maxStepsOfTurn && !isStopped(); step++) {
    const rows = await traces.prune()
    removed += rows
    if (rows === 0) break
  }
  return removed
}

const dayMs = 86_400_000

/** The first day of which no row can have been removed yet, wherever its provider's day begins. */
export function ledgerWholeFrom(ledgerDays: number): string {
  return new Date(Date.now() - (ledgerDays - 2) * dayMs).toISOString().slice(0, 10)
}
