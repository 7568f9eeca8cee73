import stringWidth from 'string-width'

const isPlain = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The width of the text in terminal cells, with a fast path for ASCII. */
export function widthOf(text: string): number {
  return isPlain.test(text) ? text.length : stringWidth(text)
}

/** The text in at most `width` cells; truncation adds `…` and does not split characters. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept}…`
}

/**
 * Removes characters that would move the cursor, change colours or the writing direction: names of models and consumers
 * come from callers and must not control the terminal.
 */
export function stripControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the searched characters
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}
