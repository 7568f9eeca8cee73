import type { LimitState } from '../data/api.js'
import { detailsOf } from '../show/limits.js'
import { useLanguage } from '../texts/language-provider.js'

/** The measure of a limit, and its details. */
export function LimitName({ limit }: { readonly limit: LimitState }) {
  const language = useLanguage()
  return (
    <span className="limit-name">
      {language.measureWords(limit)}
      {detailsOf(language, limit).map(detail => (
        <span key={detail} className="tag">
          {detail}
        </span>
      ))}
    </span>
  )
}
