import { createTranslator } from 'use-intl/core'
import { type Amounts, amountsIn } from '../show/amounts.js'
import { type Instants, instantsIn } from '../show/instants.js'
import type { QuotaWords } from './quota-words.js'
import type { Locale, Texts, Translate } from './translate.js'

/** What a reader's language needs: its texts, its words for codes, and how it writes figures and instants. */
export interface Language extends QuotaWords, Amounts, Instants {
  readonly locale: Locale
  readonly t: Translate
}

interface Catalog {
  readonly texts: Texts
  readonly quotaWords: QuotaWords
}

const catalogs: Readonly<Record<Locale, () => Promise<Catalog>>> = {
  en: () => import('./en/index.js'),
  'zh-Hans': () => import('./zh-Hans/index.js'),
}

/**
 * Loads a language; a reader loads no other.
 * @throws Error if the server does not answer
 */
export async function loadLanguage(locale: Locale): Promise<Language> {
  const { texts, quotaWords } = await catalogs[locale]()
  // Arguments are typed by the English texts; a test compares those of the others.
  const t = createTranslator({ locale, messages: texts }) as Translate
  return { locale, t, ...quotaWords, ...amountsIn(locale), ...instantsIn(locale, t) }
}
