import { type Alert, metricWord } from '@quotakeeper/quota-core'

/** The text of an alert; from 100 % on it begins with QUOTA EXCEEDED. */
export function alertText(alert: Alert): string {
  const { kind, subject, model } = alert
  const named = `${subject.kind} ${subject.name}`
  const ofModel = model === '' ? '' : ` for ${model}`
  if (kind === 'threshold') return thresholdText(alert, named, ofModel)
  if (kind === 'drift') return driftText(alert, named, ofModel)
  if (kind === 'implausible_count')
    return `IMPLAUSIBLE COUNT: ${named}: a call was reported with ${alert.used} ${unitsOf(alert)}, more than a call can use; ${alert.max} are counted. Check the call in the ledger, and reset the usage if the vendor was wrong`
  const retry = `then retry it: on its page, or by "qk providers retry ${subject.kind === 'provider' ? subject.name : 'PROVIDER'}"`
  return kind === 'billing'
    ? `KEY REFUSED: ${named}: the vendor reports no remaining money or credit${ofModel}. Top it up, ${retry}`
    : `KEY REFUSED: ${named}: the vendor refuses calls for lack of a valid key${ofModel}. Enter one, ${retry}`
}

function driftText(alert: Alert, named: string, ofModel: string): string {
  return `USED ELSEWHERE: ${named}: the vendor counts far more of ${alert.limitId}${ofModel} than was used here (${figuresOf(alert)}). Find out who else uses the key`
}

function figuresOf({ used, max, metric, window }: Alert): string {
  return `${used} of ${max} ${unitsOf({ metric })} ${window === 'total' ? 'in total' : `per ${window}`}`
}

function unitsOf({ metric }: Pick<Alert, 'metric'>): string {
  return metric === 'cost' ? 'millionths of a dollar' : metricWord(metric)
}

function thresholdText(alert: Alert, named: string, ofModel: string): string {
  const { limitId, thresholdPercent } = alert
  const share = `${thresholdPercent}% of ${limitId}${ofModel} is used`
  const exceeded = thresholdPercent >= 100 ? 'QUOTA EXCEEDED: ' : ''
  return `${exceeded}${named}: ${share} (${figuresOf(alert)})`
}
