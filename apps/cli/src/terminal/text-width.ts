import stringWidth from 'string-width'

const isPlain = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many cells of a terminal the text takes. Plain ASCII, the most of it, is not looked at closely. */
export function widthOf(text: string): number {
  return isPlain.test(text) ? text.length : stringWidth(text)
}

/** The text in at most so many cells: what is cut off is told by `…`, and no character is cut in two. */
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
 * The text without what would move the cursor, change colours or turn the direction of writing: names of
 * models and consumers come from callers, and must not write elsewhere on the screen.
 */
export function stripControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}
