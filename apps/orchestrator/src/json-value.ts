import { countCodePoints } from '@quotakeeper/quota-core/rules'

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The field of an object; undefined where there is no such field, or no object. */
export function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  // Checked just above: the object has it.
  return (value as Readonly<Record<string, unknown>>)[field]
}

/** The elements of a list; none where it is no list. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * About how many characters a value has as JSON text, at most `most`: it stops there. It goes through the
 * value without recursion, since a body may be nested as deeply as it is long.
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

/** The characters of a text; 0 for anything else. */
export function textCharacters(value: unknown): number {
  return typeof value === 'string' ? countCodePoints(value) : 0
}
