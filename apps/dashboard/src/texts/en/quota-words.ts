import { measureWords, metricWord, reasonText, subjectLabel, windowWord } from '@quotakeeper/quota-core/rules'
import type { QuotaWords } from '../quota-words.js'

/** As quota-core and the vendors' package have them. */
export const quotaWords: QuotaWords = {
  ...{ reasonText, measureWords, metricWord, windowWord, subjectLabel },
  errorWords: code => code.replaceAll('_', ' '),
  endingWords: ending => ending,
  skipText: ({ reason }) => reason,
}
