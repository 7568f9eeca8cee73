import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { exactTime } from '../show/instants.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { StatusBadge } from './status-badge.js'
import { TableFrame } from './table-frame.js'

type AlertRow = Outputs['alerts']['list']['rows'][number]

const tones = { warning: 'warning', critical: 'critical', error: 'off' } as const

export function AlertTable({
  rows,
  withSubject = false,
}: {
  readonly rows: readonly AlertRow[]
  readonly withSubject?: boolean
}) {
  const language = useLanguage()
  const { t, amountOf, subjectLabel } = language
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('alerts.raised')}</th>
            <th scope="col">{t('alerts.severity')}</th>
            {withSubject && <th scope="col">{t('alerts.subject')}</th>}
            <th scope="col">{t('alerts.limit')}</th>
            <th scope="col" className="number">
              {t('alerts.reached')}
            </th>
            <th scope="col" className="number">
              {t('alerts.used')}
            </th>
            <th scope="col">{t('alerts.sentTo')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="time">{exactTime(row.raisedAt)}</td>
              <td>
                <StatusBadge
                  standing={{ tone: tones[row.severity], word: t(`codes.severities.${row.severity}`) }}
                />
              </td>
              {withSubject && (
                <td>
                  {row.subject.kind === 'provider' ? (
                    <Link href={`/providers/${encodeURIComponent(row.subject.name)}`}>
                      {row.subject.name}
                    </Link>
                  ) : (
                    subjectLabel(row.subject)
                  )}
                </td>
              )}
              {row.metric === null ? (
                <td colSpan={3} lang="en">
                  {row.text}
                </td>
              ) : (
                <>
                  <td>
                    {row.model === null
                      ? row.limitId
                      : t('alerts.limitOfModel', { limit: row.limitId ?? '', model: row.model })}
                  </td>
                  <td className="number">
                    {row.thresholdPercent === null
                      ? t('alerts.usedElsewhere')
                      : t('alerts.threshold', { percent: String(row.thresholdPercent) })}
                  </td>
                  <td className="number">
                    {t('alerts.usedOf', {
                      used: amountOf(row.metric, row.used),
                      max: amountOf(row.metric, row.max),
                    })}
                  </td>
                </>
              )}
              <td className="reported">{deliveriesOf(language, row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function deliveriesOf({ t }: Language, { deliveries }: AlertRow): string {
  if (deliveries.length === 0) return t('alerts.theLog')
  return deliveries
    .map(({ channel, state, attempts, lastError }) => {
      if (state === 'delivered') return `${channel} ✓`
      return state === 'dead'
        ? t('alerts.givenUp', { channel, count: attempts, error: String(lastError) })
        : t('alerts.inDelivery', { channel })
    })
    .join(t('formats.listComma'))
}
