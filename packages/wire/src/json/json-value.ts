/** A JSON object with unchecked fields. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, not an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own field of an object, never of its prototype; undefined if absent or not an object. */
export function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
}

/** The elements of an array; empty for anything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text; empty for anything else. */
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

/** The object without undefined and null fields. */
export function withoutNothing<T extends object>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  const fields = Object.entries(value).filter(([, content]) => content !== undefined && content !== null)
  // The same fields with the same values, except undefined and null ones.
  return Object.fromEntries(fields) as { [K in keyof T]?: Exclude<T[K], undefined | null> }
}
