import type { Alert } from '@quotakeeper/quota-core'

/** An alert as people read it: at 100 % and above it says QUOTA EXCEEDED. */
export function alertText(alert: Alert): string {
  const { kind, subject, model } = alert
  const named = `${subject.kind} ${subject.name}`
  const ofModel = model === '' ? '' : ` for ${model}`
  if (kind === 'threshold') return thresholdText(alert, named, ofModel)
  const retry = `then retry it: quotakeeper providers retry ${subject.kind === 'provider' ? subject.name : 'PROVIDER'}`
  return kind === 'billing'
    ? `KEY REFUSED: ${named}: its vendor says that no money or credit is left${ofModel}. Top it up, ${retry}`
    : `KEY REFUSED: ${named}: its vendor does not accept the key${ofModel}. Replace it, ${retry}`
}

function thresholdText(alert: Alert, named: string, ofModel: string): string {
  const { limitId, thresholdPercent, used, max, metric, window } = alert
  const share = `${thresholdPercent}% of ${limitId}${ofModel} is used`
  const figures = `${used} of ${max} ${metric === 'cost' ? 'millionths of a dollar' : metric} per ${window}`
  const exceeded = thresholdPercent >= 100 ? 'QUOTA EXCEEDED: ' : ''
  return `${exceeded}${named}: ${share} (${figures})`
}
