import type { createTranslator } from 'use-intl/core'
import type { texts } from './en/texts.js'

/** The languages of the page, as BCP 47 names them. */
export const locales = ['en', 'zh-Hans'] as const
export type Locale = (typeof locales)[number]

/** The texts of a language: those that the English ones have, neither fewer nor more. */
export type Texts = Translated<typeof texts>

type Translated<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string ? string : Translated<Source[Key]>
}

/** Formats a text of the reader's language. Its key and arguments are typed by the English text. */
export type Translate = ReturnType<typeof createTranslator<typeof texts>>
