import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { rememberLocale } from './chosen-locale.js'
import { type Language, loadLanguage } from './language.js'
import type { Locale } from './translate.js'

interface Choice {
  readonly language: Language
  /** @throws Error if it could not be loaded; the current one stays */
  readonly choose: (locale: Locale) => Promise<void>
}

const LanguageContext = createContext<Choice | null>(null)

/** Provides the language, beginning with the one already loaded. */
export function LanguageProvider({
  first,
  onChange,
  children,
}: {
  readonly first: Language
  readonly onChange: (language: Language) => void
  readonly children: ReactNode
}) {
  const [language, setLanguage] = useState(first)
  useEffect(() => {
    document.documentElement.lang = language.locale
  }, [language])
  const choose = async (locale: Locale): Promise<void> => {
    const chosen = await loadLanguage(locale)
    rememberLocale(locale)
    onChange(chosen)
    setLanguage(chosen)
  }
  return <LanguageContext value={{ language, choose }}>{children}</LanguageContext>
}

/** The reader's language: its texts as `t`, and how it writes figures, instants and codes. */
export function useLanguage(): Language {
  return useLanguageChoice().language
}

/** The language, and how to choose another. */
export function useLanguageChoice(): Choice {
  const choice = useContext(LanguageContext)
  if (choice === null) throw new Error('no LanguageProvider')
  return choice
}
