import { sqlStateOf } from '@quotakeeper/db'
import type { QuotaError } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'

/** The same failure is logged once in so many milliseconds: each call that meets it has a line of its own besides. */
const sameFailureMs = 10_000

/** Logs why the store fails, for whoever runs it: in the server's own words, with its SQLSTATE. */
export function storeLog(log: Log): { onUnavailable(error: QuotaError): void } {
  let lastText = ''
  let lastAtMs = 0
  return {
    onUnavailable: error => {
      const nowMs = performance.now()
      if (error.message === lastText && nowMs - lastAtMs < sameFailureMs) return
      lastText = error.message
      lastAtMs = nowMs
      log.error({ err: error, sqlState: sqlStateOf(error) }, 'the quota store fails')
    },
  }
}
