import { sqlStateOf } from '@quotakeeper/db'
import type { QuotaError } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'

/** The same failure is logged at most once in this time; each affected call has its own log line. */
const sameFailureMs = 10_000

/** Logs store failures for operators: the server's message with its SQLSTATE. */
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
