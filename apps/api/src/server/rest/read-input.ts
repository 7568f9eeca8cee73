import { QuotaError } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Fields of an input, by name. */
type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the input from a query string: numbers and booleans by the schema, lists by repetition
 * (`groupBy=day&groupBy=model`), objects by `subject[kind]=provider`. Unknown fields are passed on as text, and the
 * schema refuses them by name.
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
 * Reads the input from a body, completed by the path.
 * @throws QuotaError INVALID_INPUT if it is not an object or contradicts the path
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
      // An empty text would become 0.
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

/** Sets an own field of any name: `__proto__` too must reach the schema, which refuses it. */
function setOwn(input: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
}

/**
 * Parses the body as JSON; undefined for an empty body, which some calls have.
 * @throws Error with status 400 for invalid JSON
 */
export async function parseJsonBody(_request: unknown, body: string | Buffer): Promise<unknown> {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw Object.assign(new Error('the body is not valid JSON', { cause }), { statusCode: 400 })
  }
}

/** The keywords of a JSON Schema that are read here. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

/** Each is made when it is first asked for: a start that made those of all routes took 0.05 s more of a core. */
const inputSchemas = new WeakMap<z.ZodType, JsonSchema>()

/** The JSON Schema (2020-12) of the input. */
export function inputJsonSchema(input: z.ZodType): JsonSchema {
  const made = inputSchemas.get(input) ?? jsonSchemaOf(input)
  inputSchemas.set(input, made)
  return made
}

function jsonSchemaOf(input: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod sets this for TypeScript's read-only arrays; in OpenAPI it would mean "never send this".
      delete jsonSchema.readOnly
    },
  })
  // The same object; zod's type has more keywords than are read here.
  return schema as JsonSchema
}
