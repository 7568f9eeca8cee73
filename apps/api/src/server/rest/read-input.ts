import { QuotaError } from '@quotakeeper/quota-core'
import { z } from 'zod'

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
      const message = `${name}: the body and the path differ`
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

/**
 * The body as JSON; undefined when there is none, since some calls have nothing to say.
 * @throws Error of status 400 for what is not JSON
 */
export async function parseJsonBody(_request: unknown, body: string | Buffer): Promise<unknown> {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw Object.assign(new Error('the body is not valid JSON', { cause }), { statusCode: 400 })
  }
}

/** A JSON Schema, as far as the doors look into it. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

/** The JSON Schema (2020-12) of what a caller may send for the input. */
export function inputJsonSchema(input: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod marks read-only arrays of TypeScript so; to OpenAPI it would mean "never send this".
      delete jsonSchema.readOnly
    },
  })
  // The same object, of which zod's type knows more keywords than we look at.
  return schema as JsonSchema
}
