import { Link } from 'wouter'
import { callsAddress, type SummedCalls } from '../show/calls-address.js'
import { type CountName, countText } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'

/** A sum in a table, which leads to its calls if they can be listed. */
export function CountCell({
  count,
  value,
  calls,
}: {
  readonly count: CountName
  readonly value: number
  /** Null if no list has exactly these. */
  readonly calls: SummedCalls | null
}) {
  const language = useLanguage()
  const { t } = language
  const text = countText(language, count, value)
  return (
    <td className="number">
      {calls === null || value === 0 ? (
        text
      ) : (
        <Link
          href={callsAddress(calls)}
          aria-label={t('usage.showCalls', { sum: text, title: t(`usage.titles.${count}`) })}
        >
          {text}
        </Link>
      )}
    </td>
  )
}
