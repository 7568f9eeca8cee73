import { isRolling } from '@quotakeeper/quota-core/rules'
import type { LimitState } from '../data/api.js'
import { keyOf } from '../show/limits.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { BarLegend, LimitBar } from './limit-bar.js'
import { LimitName } from './limit-name.js'
import { TableFrame } from './table-frame.js'

/** All figures of limits; for providers with the vendor's beside ours. */
export function LimitTable({
  limits,
  nowMs,
  withVendor = true,
}: {
  readonly limits: readonly LimitState[]
  readonly nowMs: number
  readonly withVendor?: boolean
}) {
  const language = useLanguage()
  const { t, amountOf, clockTime } = language
  return (
    <>
      <TableFrame>
        <table className="table limit-table">
          <thead>
            <tr>
              <th scope="col">{t('limits.limit')}</th>
              <th scope="col">
                <span className="unseen">{t('limits.asBar')}</span>
              </th>
              {(['used', 'held', 'leftTitle', 'of'] as const).map(name => (
                <th key={name} scope="col" className="number">
                  {t(`limits.${name}`)}
                </th>
              ))}
              <th scope="col">{t('common.when')}</th>
              {withVendor && <th scope="col">{t('limits.vendorFigures')}</th>}
            </tr>
          </thead>
          <tbody>
            {limits.map(limit => (
              <tr key={keyOf(limit)}>
                <th scope="row">
                  <LimitName limit={limit} />
                </th>
                <td className="bar-cell">
                  <LimitBar limit={limit} />
                </td>
                <td className="number">
                  {limit.observed > 0
                    ? t('limits.usedAndObserved', {
                        used: amountOf(limit.metric, limit.used),
                        observed: amountOf(limit.metric, limit.observed),
                      })
                    : amountOf(limit.metric, limit.used)}
                </td>
                <td className="number">{amountOf(limit.metric, limit.held)}</td>
                <td className="number">
                  <strong>{amountOf(limit.metric, limit.remaining)}</strong>
                </td>
                <td className="number">
                  {amountOf(limit.metric, limit.max)}
                  {limit.grants.map(({ amount, until: end }) => (
                    <small key={`${amount} ${end}`}>
                      {' '}
                      {t('limits.granted', {
                        amount: amountOf(limit.metric, amount),
                        when: clockTime(end, nowMs),
                      })}
                    </small>
                  ))}
                </td>
                <td className="reported">{whenOf(language, limit, nowMs)}</td>
                {withVendor && <td className="reported">{vendorText(language, limit, nowMs)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <BarLegend />
    </>
  )
}

function whenOf(
  { t, clockTime, until }: Language,
  { window, resetsAt, exhaustsAt, remaining, used, observed, held }: LimitState,
  nowMs: number,
): string {
  if (exhaustsAt != null && remaining !== null && remaining > 0)
    return t('standing.runsOut', { when: clockTime(exhaustsAt, nowMs), until: until(exhaustsAt, nowMs) })
  if (resetsAt === null) return window === 'total' ? t('limits.neverResets') : ''
  const refills = isRolling(window)
  if (refills && used + observed + held === 0) return t('limits.full')
  return t(refills ? 'limits.fullAgain' : 'limits.resets', {
    when: clockTime(resetsAt, nowMs),
    until: until(resetsAt, nowMs),
  })
}

function vendorText({ t, amountOf, since }: Language, { metric, vendor }: LimitState, nowMs: number): string {
  if (vendor === null) return t('limits.nothingReported')
  const { max, remaining, drift, reportedAt } = vendor
  const figures = {
    left: amountOf(metric, remaining),
    max: amountOf(metric, max),
    since: since(reportedAt, nowMs),
  }
  if (drift === 0) return t('limits.asCounted', figures)
  const size = amountOf(metric, Math.abs(drift))
  return t(drift > 0 ? 'limits.countedMore' : 'limits.countedLess', { ...figures, size })
}
