import { setTimeout as wait } from 'node:timers/promises'
import { StartupError } from '@quotakeeper/server-kit'
import type { Log } from '../log.js'
import { ApiError } from './api-error.js'
import type { QuotaApi, Routing } from './quota-api.js'

const pauseMs = 250
const sayAgainMs = 10_000

/**
 * Polls the API for the routing configuration until it answers.
 *
 * @throws StartupError in one line after `patienceMs`, or if the token is rejected
 */
export async function awaitApi({
  api,
  url,
  patienceMs,
  log,
  signal,
}: {
  readonly api: QuotaApi
  readonly url: string
  readonly patienceMs: number
  readonly log: Log
  readonly signal: AbortSignal
}): Promise<Routing> {
  const startedAtMs = Date.now()
  let saidAtMs = Number.NEGATIVE_INFINITY
  while (true) {
    try {
      return await api.routing()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      refuseToWait(error, url)
      if (Date.now() - startedAtMs >= patienceMs) {
        throw new StartupError(
          `The API at ${url} does not answer (${error.message}): start it, or set QUOTA_API_URL`,
        )
      }
      if (Date.now() - saidAtMs >= sayAgainMs) {
        saidAtMs = Date.now()
        log.info({}, `waiting for the API at ${url} (${error.message})`)
      }
    }
    await wait(pauseMs, undefined, { signal })
  }
}

function refuseToWait(error: ApiError, url: string): void {
  if (error.code === 'UNAVAILABLE') return
  throw new StartupError(
    error.code === 'UNAUTHORIZED'
      ? `The API at ${url} rejects the token: set QUOTA_API_TOKEN to the API’s token`
      : `The API at ${url} did not answer with its routing configuration: ${error.message}`,
  )
}
