import { isoInstant, type StoreListener } from '@quotakeeper/quota-core'
import { alertText } from '../alerts/alert-text.js'
import type { Log } from '../router/context.js'

/** Writes each alert to the log as it is raised: warnings as such, critical ones and spent quotas as errors. */
export function alertLog(log: Log): StoreListener {
  return {
    onAlert: alert => {
      const line = {
        [alert.subject.kind]: alert.subject.name,
        limit: alert.limitId,
        ...(alert.model === '' ? {} : { model: alert.model }),
        thresholdPercent: alert.thresholdPercent,
        used: alert.used,
        max: alert.max,
        metric: alert.metric,
        window: alert.window,
        windowStartsAt: isoInstant(alert.windowStartMs),
      }
      if (alert.severity === 'warning') log.warn(line, alertText(alert))
      else log.error(line, alertText(alert))
    },
  }
}
