import { isObject } from './json-value.js'

/** The value as JSON text; null if it has none or is nested too deeply for `JSON.stringify`. */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch {
    // A RangeError, the only possible error for a value from JSON.
    return null
  }
}

/**
 * What a call is given as text: JSON of an object where the wire has text, as Ollama and clients of it send it; empty for
 * neither.
 */
export function givenText(given: unknown): string {
  if (typeof given === 'string') return given
  return isObject(given) ? (jsonText(given) ?? '') : ''
}

/** Parses JSON text; undefined if invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
