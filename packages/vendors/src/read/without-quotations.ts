/**
 * A quotation begins after a space or punctuation and ends before one, so that apostrophes are none. It may be as long
 * as a message, since vendors repeat whole prompts.
 */
const quotation =
  /(^|[\s([{:=,])(?:"([^"\n]*)"|'((?:[^'\n]|'(?![\s.,;:)\]}!?]|$))*)'|`([^`\n]*)`|“([^”\n]*)”)(?=$|[\s.,;:)\]}!?])/g

/** The message without quoted parts, which may be from the request. */
export function withoutQuotations(message: string): string {
  return message.replaceAll(quotation, '$1')
}

/** The message without quoted sentences: a quoted word is a name. */
export function withoutQuotedSentences(message: string): string {
  return message.replaceAll(quotation, (text, before: string, ...quoted: readonly unknown[]) =>
    quoted.slice(0, 4).some(words => typeof words === 'string' && /\s/.test(words)) ? before : text,
  )
}
