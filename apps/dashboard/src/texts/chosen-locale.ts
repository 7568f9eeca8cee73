import { type Locale, locales } from './translate.js'

const storageKey = 'quotakeeper-language'

/** The chosen language, else the browser's preference. */
export function startingLocale(): Locale {
  return chosenLocale() ?? preferredLocale(navigator.languages)
}

/**
 * The first of a browser's languages that the page has; English if it has none. Chinese is Simplified unless its script
 * or region says otherwise, as of `zh-Hant` or `zh-TW`.
 */
export function preferredLocale(languages: readonly string[]): Locale {
  for (const tag of languages) {
    const { language, script } = likely(tag)
    if (language === 'en') return 'en'
    if (language === 'zh' && script === 'Hans') return 'zh-Hans'
  }
  return 'en'
}

export function rememberLocale(locale: Locale): void {
  // Some private windows refuse storage.
  try {
    localStorage.setItem(storageKey, locale)
  } catch {
    // Applies to this visit only.
  }
}

function chosenLocale(): Locale | undefined {
  try {
    return locales.find(locale => locale === localStorage.getItem(storageKey))
  } catch {
    return undefined
  }
}

/** With the likely script: `zh-SG` is `zh-Hans`, `zh-HK` is `zh-Hant`. */
function likely(tag: string): { readonly language?: string; readonly script?: string | undefined } {
  try {
    return new Intl.Locale(tag).maximize()
  } catch {
    // Not a tag of BCP 47.
    return {}
  }
}
