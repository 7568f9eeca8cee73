import { type Alert, isoInstant, type StoreListener } from '@quotakeeper/quota-core'
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

/** What people read: at 100 % and above it says QUOTA EXCEEDED. */
function alertText(alert: Alert): string {
  const { subject, limitId, model, thresholdPercent, used, max, metric, window } = alert
  const share = `${thresholdPercent}% of ${limitId}${model === '' ? '' : ` for ${model}`} is used`
  const figures = `${used} of ${max} ${metric === 'cost' ? 'millionths of a dollar' : metric} per ${window}`
  const exceeded = thresholdPercent >= 100 ? 'QUOTA EXCEEDED: ' : ''
  return `${exceeded}${subject.kind} ${subject.name}: ${share} (${figures})`
}
