import type { Alert } from '@quotakeeper/quota-core'

/** An alert as people read it: at 100 % and above it says QUOTA EXCEEDED. */
export function alertText(alert: Alert): string {
  const { subject, limitId, model, thresholdPercent, used, max, metric, window } = alert
  const share = `${thresholdPercent}% of ${limitId}${model === '' ? '' : ` for ${model}`} is used`
  const figures = `${used} of ${max} ${metric === 'cost' ? 'millionths of a dollar' : metric} per ${window}`
  const exceeded = thresholdPercent >= 100 ? 'QUOTA EXCEEDED: ' : ''
  return `${exceeded}${subject.kind} ${subject.name}: ${share} (${figures})`
}
