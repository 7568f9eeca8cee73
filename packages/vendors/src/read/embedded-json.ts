/** Longer texts are not errors. */
const longestText = 200_000
const startForm = /[{[]/

/**
 * The JSON object or array that a text is or contains, for example if a server quotes another's answer after its
 * status; undefined without one. Never throws.
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
    // Brackets in a sentence, or truncated JSON: there is only text.
    return undefined
  }
}
