/** A value as JSON text; null for what has none, or is nested more deeply than the engine can write. */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch {
    // A RangeError: of no other error is a value from JSON capable.
    return null
  }
}

/** JSON text as a value; undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
