/** A JSON Schema (2020-12). */
export type Schema = Readonly<Record<string, unknown>>

/** A body of a request or an answer. */
export interface DescribedBody {
  readonly mediaType: string
  readonly schema: Schema
  readonly example: unknown
}

/** A parameter of a path or a query. */
export interface DescribedParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly schema: Schema
  readonly example: unknown
}

/** One operation of the gateway, as its OpenAPI document shows it. */
export interface GatewayOperation {
  readonly method: 'get' | 'post' | 'delete'
  readonly path: string
  readonly operationId: string
  readonly tag: string
  readonly summary: string
  readonly parameters?: readonly DescribedParameter[]
  readonly body?: DescribedBody
  readonly answer: DescribedBody
}

/** Of a whole number. */
export const integer: Schema = { type: 'integer' }
export const text: Schema = { type: 'string' }
export const json = 'application/json'

/** A string or null. */
export const textOrNull: Schema = { type: ['string', 'null'] }

/** A list; of anything unless its items are given. */
export function list(items: Schema = {}): Schema {
  return { type: 'array', items }
}

/** An object with these fields, of which the first are required; a format's further fields are passed on. */
export function fields(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } }
}
