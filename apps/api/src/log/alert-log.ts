import { type Alert, isoInstant, type StoreListener } from '@quotakeeper/quota-core'
import { alertText } from '../alerts/alert-text.js'
import type { Log } from '../log.js'

/** Logs each alert as it is raised: warnings at `warn`, critical alerts and spent quotas at `error`. */
export function alertLog(log: Log): StoreListener {
  return {
    onAlert: alert => {
      const line = {
        [alert.subject.kind]: alert.subject.name,
        ...(alert.model === '' ? {} : { model: alert.model }),
        ...(alert.limitId === alert.kind ? { refusal: alert.kind } : figuresOf(alert)),
      }
      if (alert.severity === 'warning') log.warn(line, alertText(alert))
      else log.error(line, alertText(alert))
    },
  }
}

function figuresOf({ limitId, thresholdPercent, used, max, metric, window, windowStartMs }: Alert): object {
  const windowStartsAt = isoInstant(windowStartMs)
  return { limit: limitId, thresholdPercent, used, max, metric, window, windowStartsAt }
}
