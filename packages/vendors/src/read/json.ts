/** A JSON object's own property; undefined for anything that isn't an object or lacks it. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // An object that has the property: reading it by name is what the guard above allows.
  return (value as Readonly<Record<string, unknown>>)[name]
}

/** The value at the end of a path of properties; undefined where the path breaks off. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce(property, value)
}

/** The value as text; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** The elements of an array, at most the given number; none for anything else. */
export function elements(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : []
}
