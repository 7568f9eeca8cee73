import { sqlStateOf } from '@quotakeeper/db'
import type { QuotaError, QuotaService } from '@quotakeeper/quota-core'

/** After this time without an answer the store counts as unavailable. */
const patienceMs = 2_000

/** Does not name hosts or users, since probes need no token. */
const noAnswer = 'the quota store does not answer'

/** Checks in addition to an answering store. */
export interface ReadinessOptions {
  readonly service: QuotaService
  /** Why writes fail; null if they succeed. Never rejects. */
  readonly writeFault?: () => Promise<QuotaError | null>
}

/**
 * Creates a readiness check: a small read of the store, and whether it accepts writes. Concurrent callers share one
 * check, so that probes of a hanging store do not accumulate.
 *
 * @returns a function that returns why the store cannot serve, null if it can. Never rejects.
 */
export function storeReadiness(options: ReadinessOptions): () => Promise<string | null> {
  let asking: Promise<string | null> | null = null
  return () => {
    asking ??= inTime(askOnce(options)).finally(() => {
      asking = null
    })
    return asking
  }
}

async function askOnce({ service, writeFault }: ReadinessOptions): Promise<string | null> {
  try {
    // Not a list: readers of lists must not make a working store look unavailable.
    await service.read({ type: 'snapshot', providerNames: [], counters: { calls: [] } })
  } catch (error) {
    return `${noAnswer}${stateOf(error)}`
  }
  const fault = (await writeFault?.()) ?? null
  return fault && `the quota store takes no writes${stateOf(fault)}`
}

function stateOf(error: unknown): string {
  const state = sqlStateOf(error)
  return state === null ? '' : ` (SQLSTATE ${state}); see the log`
}

async function inTime(answer: Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<string>(resolve => {
    timer = setTimeout(resolve, patienceMs, noAnswer)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
