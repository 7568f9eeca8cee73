import { sqlStateOf } from '@quotakeeper/db'
import type { QuotaError, QuotaService } from '@quotakeeper/quota-core'

/** How long the store may take to answer, in milliseconds, before it counts as unavailable. */
const patienceMs = 2_000

/** Says nothing of hosts and users, since anybody may ask. */
const noAnswer = 'the quota store does not answer'

/** What is asked besides whether the store answers. */
export interface ReadinessOptions {
  readonly service: QuotaService
  /** Why writes fail; null where they don't. Never rejects. */
  readonly writeFault?: () => Promise<QuotaError | null>
}

/**
 * Asks the store something small, and whether it takes writes. Callers that ask meanwhile share the answer, so that
 * probes of a store that hangs don't pile up.
 *
 * @returns asks: why the store cannot serve, null where it can. Never rejects.
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
    // No list: whoever reads lists must not make a store that serves calls look unavailable.
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
