import { useState } from 'react'
import { useLanguageChoice } from '../texts/language-provider.js'
import type { Locale } from '../texts/translate.js'

/** The languages by their own names, which every reader finds. */
const names = { en: 'English', 'zh-Hans': '简体中文' } as const satisfies Record<Locale, string>

/** The choice of the language. */
export function LanguageChoice() {
  const { language, choose } = useLanguageChoice()
  const [hasFailed, setFailed] = useState(false)
  const { locale, t } = language
  return (
    <>
      <label className="theme">
        <span className="unseen">{t('shell.language')}</span>
        <select
          value={locale}
          onChange={event => {
            setFailed(false)
            // The options below are the only values.
            choose(event.target.value as Locale).catch(() => setFailed(true))
          }}
        >
          {Object.entries(names).map(([name, title]) => (
            <option key={name} value={name} lang={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {hasFailed && (
        <p className="field-error" role="alert">
          {t('shell.languageFailed')}
        </p>
      )}
    </>
  )
}
