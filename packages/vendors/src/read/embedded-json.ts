/** Longer texts are not errors. */
const longestText = 200_000
/** Most brackets of a text that are tried; most texts have one or none. */
const maxTries = 20

/** JSON within a text. */
export interface EmbeddedJson {
  readonly value: unknown
  /** The text before and behind it. */
  readonly rest: string
}

/**
 * The first JSON object with a field, or list of such objects, that a text is or contains, for example if a server
 * quotes another's answer after its status; null without one. `[429]` and `{}` are words of the text. Never throws.
 */
export function findEmbeddedJson(text: string): EmbeddedJson | null {
  if (text.length > longestText) return null
  let start = text.search(/[{[]/)
  for (let tries = 0; start !== -1 && tries < maxTries; tries++) {
    const end = endOfBrackets(text, start)
    if (end === null) return null
    const value = parsed(text.slice(start, end))
    if (hasFields(value) || (Array.isArray(value) && hasFields(value[0])))
      return { value, rest: `${text.slice(0, start).trim()} ${text.slice(end).trim()}`.trim() }
    const next = text.slice(end).search(/[{[]/)
    start = next === -1 ? -1 : end + next
  }
  return null
}

/** The place behind the bracket that closes the one at the start; null if none does, as in truncated JSON. */
function endOfBrackets(text: string, start: number): number | null {
  let depth = 0
  let inString = false
  for (let place = start; place < text.length; place++) {
    const sign = text[place]
    if (inString) {
      if (sign === '\\') place++
      else if (sign === '"') inString = false
    } else if (sign === '"') inString = true
    else if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') {
      depth--
      if (depth === 0) return place + 1
    }
  }
  return null
}

function hasFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Brackets in a sentence: there is only text.
    return undefined
  }
}
