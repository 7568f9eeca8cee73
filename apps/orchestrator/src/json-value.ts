import { countCodePoints } from '@quotakeeper/quota-core/rules'

/** Whether a value is a JSON object, not an array or null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of an object; undefined if absent or not an object. */
export function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  // Checked above: the object has the field.
  return (value as Readonly<Record<string, unknown>>)[field]
}

/** The elements of an array; empty for anything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * The approximate length of a value as JSON text, up to `most`. Not recursive, since a body may be nested as deeply as
 * it is long.
 */
export function jsonCharacters(value: unknown, most = Number.POSITIVE_INFINITY): number {
  let characters = 0
  const rest: unknown[] = [value]
  while (rest.length > 0 && characters < most) {
    const next = rest.pop()
    if (typeof next === 'string') characters += countCodePoints(next) + 2
    else if (typeof next !== 'object' || next === null) characters += String(next).length
    else if (Array.isArray(next)) {
      characters += 2
      for (const element of next) rest.push(element)
    } else {
      characters += 2
      for (const [field, content] of Object.entries(next)) {
        characters += countCodePoints(field) + 4
        rest.push(content)
      }
    }
  }
  return Math.min(characters, most)
}

/** All texts within a value, without the names of fields. Not recursive, like {@link jsonCharacters}. */
export function* textsIn(value: unknown): Iterable<string> {
  const rest: unknown[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next === 'string') yield next
    else if (typeof next === 'object' && next !== null)
      for (const part of Object.values(next)) rest.push(part)
  }
}

/** The length of what a function is given: a text, or, as some vendors and clients send it, a value as JSON text. */
export function givenCharacters(given: unknown): number {
  return typeof given === 'object' && given !== null ? jsonCharacters(given) : textCharacters(given)
}

/** The length of a text; 0 for anything else. */
export function textCharacters(value: unknown): number {
  return typeof value === 'string' ? countCodePoints(value) : 0
}
