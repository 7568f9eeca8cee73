/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own field of an object; undefined where there is none, or no object. Never one of the prototype's. */
export function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
}

/** The elements of a list; none where it is no list. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A text that is not empty, or null. */
export function filledText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A finite number, or null. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** An object without the fields that are undefined or null. */
export function withoutNothing<T extends object>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  const fields = Object.entries(value).filter(([, content]) => content !== undefined && content !== null)
  // The same fields with the same values; only those with nothing in them are gone.
  return Object.fromEntries(fields) as { [K in keyof T]?: Exclude<T[K], undefined | null> }
}
