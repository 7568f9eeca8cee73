import type { QuotaService } from '@quotakeeper/quota-core'

/** How long the store may take to answer, in milliseconds, before it counts as unavailable. */
const patienceMs = 2_000

/**
 * Asks the store something small. Callers that ask meanwhile share the answer, so that probes of a store
 * that hangs don't pile up. Never rejects.
 */
export function storeReadiness(service: QuotaService): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null
  return () => {
    asking ??= askOnce(service).finally(() => {
      asking = null
    })
    return asking
  }
}

async function askOnce(service: QuotaService): Promise<boolean> {
  // No list: whoever reads lists must not make a store that serves calls look unavailable.
  const question = { type: 'snapshot', providerNames: [] } as const
  const answer = service.read(question).then(
    () => true,
    () => false,
  )
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, patienceMs, false)
  })
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
