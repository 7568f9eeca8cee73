/** An own property of a JSON object; undefined if the value is not an object or lacks it. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // The guard above has checked that it is an object with the property.
  return (value as Readonly<Record<string, unknown>>)[name]
}

/** The value at the end of a path of properties; undefined if the path does not exist. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce(property, value)
}

/** The value as text; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** At most the given number of elements of an array; empty for anything else. */
export function elements(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : []
}
