/** The value as JSON text; null if it has none or is nested too deeply for `JSON.stringify`. */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch {
    // A RangeError, the only possible error for a value from JSON.
    return null
  }
}

/** Parses JSON text; undefined if invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
