/** Longer texts are no errors. */
const longestText = 200_000
const startForm = /[{[]/

/**
 * The JSON object or list that a text is or holds, as where one server quotes another's answer behind its status;
 * undefined without one. Never throws.
 */
export function parseEmbeddedJson(text: string): unknown {
  if (text.length > longestText) return undefined
  const start = text.search(startForm)
  if (start === -1) return undefined
  const end = text.lastIndexOf(text[start] === '{' ? '}' : ']')
  return end < start ? undefined : parsed(text.slice(start, end + 1))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Brackets of a sentence, or cut off: the text is all there is.
    return undefined
  }
}
