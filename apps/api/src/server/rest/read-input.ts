import { QuotaError } from '@quotakeeper/quota-core'
import type { JsonSchema } from './input-json-schema.js'

/** Fields of an input, by name. */
type Fields = Readonly<Record<string, unknown>>

/**
 * The input in a query string: numbers and truth values by the schema, lists by repetition
 * (`groupBy=day&groupBy=model`), objects by `subject[kind]=provider`. What it does not know is passed on
 * as text, for the schema to refuse by name.
 */
export function inputFromQuery(query: URLSearchParams, schema: JsonSchema): Fields {
  const input: Record<string, unknown> = {}
  for (const [key, text] of query) {
    const [, name, field] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(key) ?? []
    if (name !== undefined && field !== undefined) {
      const nested = input[name]
      const inner = schema.properties?.[name]?.properties?.[field]
      setOwn(input, name, { ...(isFields(nested) ? nested : {}), [field]: valueByType(text, inner) })
    } else if (schema.properties?.[key]?.type === 'array') {
      const list = input[key]
      setOwn(input, key, [...(Array.isArray(list) ? list : []), text])
    } else {
      setOwn(input, key, valueByType(text, schema.properties?.[key]))
    }
  }
  return input
}

/**
 * The input in a body, completed by what the address says.
 * @throws QuotaError INVALID_INPUT when it is no object, or contradicts the address
 */
export function inputFromBody(body: unknown, params: Readonly<Record<string, string>>): Fields {
  const fields = body ?? {}
  if (!isFields(fields)) throw new QuotaError('INVALID_INPUT', 'the body must be a JSON object')
  for (const [name, value] of Object.entries(params)) {
    const said = Object.hasOwn(fields, name) ? fields[name] : value
    if (said !== value) {
      const message = `${name}: the body says another than the address`
      throw new QuotaError('INVALID_INPUT', message, { field: name })
    }
  }
  return { ...fields, ...params }
}

function valueByType(text: string, schema: JsonSchema | undefined): unknown {
  switch (schema?.type) {
    case 'integer':
    case 'number':
      // An empty text would be 0.
      return text.trim() === '' ? text : Number(text)
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a field of whatever name as the object's own: `__proto__` too must reach the schema, which refuses it. */
function setOwn(input: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
}
