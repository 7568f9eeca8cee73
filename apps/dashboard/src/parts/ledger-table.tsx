import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { exactTime } from '../show/instants.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { TableFrame } from './table-frame.js'

const countNames = [
  'requestCount',
  'characterCount',
  'inputTokenCount',
  'outputTokenCount',
  'costMicroUsd',
] as const

type LedgerRow = Outputs['usage']['ledger']['rows'][number]

/** Ledger rows in the given order. */
export function LedgerTable({
  rows,
  withProvider = false,
}: {
  readonly rows: readonly LedgerRow[]
  readonly withProvider?: boolean
}) {
  const language = useLanguage()
  const { t, amount, dollars } = language
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('common.when')}</th>
            {withProvider && <th scope="col">{t('common.provider')}</th>}
            <th scope="col">{t('common.model')}</th>
            <th scope="col">{t('requests.for')}</th>
            <th scope="col">{t('common.state')}</th>
            {countNames.map(name => (
              <th key={name} scope="col" className="number">
                {t(`usage.titles.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="time">
                {row.requestId === null ? (
                  exactTime(row.occurredAt)
                ) : (
                  <Link href={`/requests/${encodeURIComponent(row.requestId)}`}>
                    {exactTime(row.occurredAt)}
                  </Link>
                )}
              </td>
              {withProvider && <td>{row.providerName}</td>}
              <td>{row.model ?? '–'}</td>
              <td>{row.consumer ?? '–'}</td>
              <td>{stateOf(language, row)}</td>
              <td className="number">{amount(row.requestCount)}</td>
              <td className="number">{amount(row.characterCount)}</td>
              <td className="number">{amount(row.inputTokenCount)}</td>
              <td className="number">{amount(row.outputTokenCount)}</td>
              <td className="number">{row.costMicroUsd === 0 ? '–' : dollars(row.costMicroUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function stateOf({ t }: Language, { kind, state, outcome, estimated }: LedgerRow): string {
  const name = t(`codes.states.${kind === 'call' ? (outcome ?? state) : kind}`)
  return estimated ? t('requests.estimated', { state: name }) : name
}
