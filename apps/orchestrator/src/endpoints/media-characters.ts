import { countCodePoints } from '@quotakeeper/quota-core/rules'
import { jsonCharacters, textsIn } from '../json-value.js'

/**
 * Most characters that an image, a file or a sound counts: 1,024 tokens, about what vendors count for a
 * large image. Its base64 text may be a million characters long, which no vendor counts as text.
 */
const maxOfMedia = 4_096

/** How base64 begins, in either alphabet and with lines of any length; texts of a language have other characters. */
const encodedStart = /^(?:data:|[\w+/=\r\n-]{256})/

/**
 * The characters that a part counts whose form is not known, in code points: that of media at most, and all of its texts,
 * such as the blocks of a document or the output of a shell.
 */
export function mediaCharacters(part: unknown): number {
  let ofTexts = 0
  for (const text of textsIn(part)) if (!encodedStart.test(text)) ofTexts += countCodePoints(text)
  return Math.max(jsonCharacters(part, maxOfMedia), ofTexts)
}
