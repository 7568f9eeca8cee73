import { QuotaError } from '@quotakeeper/quota-core'
import { utf8Text } from '@quotakeeper/server-kit'
import { z } from 'zod'

/** Fields of an input, by name. */
type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the input from a query string: numbers and booleans by the schema, lists by repetition
 * (`groupBy=day&groupBy=model`), objects by `subject[kind]=provider`. Unknown fields are passed on as text, and the
 * schema refuses them by name.
 * @throws QuotaError INVALID_INPUT for a field that is given twice and is no list
 */
export function inputFromQuery(query: URLSearchParams, schema: JsonSchema): Fields {
  const input: Record<string, unknown> = {}
  const seen = new Set<string>()
  for (const [key, text] of query) {
    const isList = schema.properties?.[key]?.type === 'array'
    if (seen.has(key) && !isList) throw faultOf(key, 'is given twice; give it once')
    seen.add(key)
    const [, name, field] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(key) ?? []
    if (name !== undefined && field !== undefined) {
      const nested = input[name]
      const inner = schema.properties?.[name]?.properties?.[field]
      setOwn(input, name, { ...(isFields(nested) ? nested : {}), [field]: valueByType(text, inner) })
    } else if (isList) {
      const list = input[key]
      setOwn(input, key, [...(Array.isArray(list) ? list : []), text])
    } else {
      setOwn(input, key, valueByType(text, schema.properties?.[key]))
    }
  }
  return input
}

/** The input in a body. @throws QuotaError INVALID_INPUT if it is not an object */
export function inputFromBody(body: unknown): Fields {
  const fields = body ?? {}
  if (!isFields(fields)) throw new QuotaError('INVALID_INPUT', 'the body must be a JSON object')
  return fields
}

/**
 * Completes the input by the path.
 * @param source where the input comes from, for messages
 * @throws QuotaError INVALID_INPUT if they contradict each other
 */
export function withPath(
  fields: Fields,
  params: Readonly<Record<string, string>>,
  source: 'body' | 'query',
): Fields {
  for (const [name, value] of Object.entries(params)) {
    if (Object.hasOwn(fields, name) && fields[name] !== value)
      throw faultOf(name, `the ${source} and the path differ`)
  }
  return { ...fields, ...params }
}

/**
 * Refuses what would be left out.
 * @throws QuotaError INVALID_INPUT that names the first field of the query
 */
export function refuseQuery(query: URLSearchParams, remedy: string): void {
  for (const key of query.keys()) throw faultOf(key, remedy)
}

function faultOf(field: string, message: string): QuotaError {
  return new QuotaError('INVALID_INPUT', `${field}: ${message}`, { field })
}

/** A number as JSON writes it. `Number` would also read hexadecimal ones, spaces and an empty text. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i

function valueByType(text: string, schema: JsonSchema | undefined): unknown {
  switch (schema?.type) {
    case 'integer':
    case 'number':
      return jsonNumber.test(text) ? Number(text) : text
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
export async function parseJsonBody(_request: unknown, body: Buffer): Promise<unknown> {
  if (body.length === 0) return undefined
  const text = bodyText(body)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badBody('the body is not valid JSON', cause)
  }
}

/**
 * The text of a body, which is UTF-8 whatever its `Content-Type` states (RFC 8259, section 8.1).
 * @throws Error with status 400 for other bytes, which would become replacement characters in names
 */
export function bodyText(body: Buffer): string {
  const text = utf8Text(body)
  if (text === null) throw badBody('the body is not UTF-8: encode its JSON so, and send it uncompressed')
  return text
}

function badBody(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { statusCode: 400 })
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
