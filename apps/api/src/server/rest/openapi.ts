import { exportRoute } from '../export/export-route.js'
import answered from './answers.schema.json' with { type: 'json' }
import exampleAnswers from './example-answers.json' with { type: 'json' }
import { exampleCalls } from './example-calls.js'
import { hasBody, namesInPath } from './example-request.js'
import { problemMediaType } from './problem.js'
import { inputJsonSchema, type JsonSchema } from './read-input.js'
import { type RestRoute, restRoutes } from './rest-routes.js'

const problemSchema = {
  description: 'RFC 9457',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Error name' },
    field: { type: 'string', description: 'Path of the invalid input field' },
  },
}

const problem = (description: string): object => ({
  description,
  content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
})

/** The OpenAPI 3.1 document of the REST routes, generated from the procedures' schemas. */
export function openApiDocument(version: string, prefix: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of [...restRoutes, exportRoute]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Quotakeeper',
      version,
      description:
        'Exact quotas for AI provider keys. Instants are ISO-8601 in UTC, counts are whole numbers.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: prefix }],
    // Both apply: no token is needed as long as none is set.
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema, ...answered.schemas },
    },
  }
}

const answerSchemas = new Map<string, JsonSchema>(Object.entries(answered.answers))
const answerExamples = new Map<string, unknown>(Object.entries(exampleAnswers))
const schemaPrefix = '#/components/schemas/'
const answerComponents = new Map<string, JsonSchema>(Object.entries(answered.schemas))
const exampleInputs = new Map(exampleCalls.map(({ procedure, input }) => [procedure, input]))

function operationOf(route: RestRoute): object {
  const schema = route.input === null ? {} : inputJsonSchema(route.input)
  const example = exampleInputs.get(route.procedure) ?? {}
  const inPath = namesInPath(route)
  const parameters = Object.entries(schema.properties ?? {})
    .filter(([name]) => inPath.includes(name) || !hasBody(route))
    .map(([name, property]) =>
      parameterOf({ name, property, schema, isInPath: inPath.includes(name), example: example[name] }),
    )
  return {
    operationId: route.procedure,
    tags: [route.procedure.split('.')[0]],
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody(route) ? { requestBody: bodyOf(schema, { inPath, example }) } : {}),
    responses: responsesOf(route),
  }
}

function parameterOf(parameter: {
  readonly name: string
  readonly property: JsonSchema
  readonly schema: JsonSchema
  readonly isInPath: boolean
  /** Absent if the example leaves it out. */
  readonly example: unknown
}): object {
  const { name, property, schema, isInPath, example } = parameter
  return {
    name,
    in: isInPath ? 'path' : 'query',
    required: isInPath || schema.required?.includes(name) === true,
    schema: property,
    ...(example === undefined ? {} : { example }),
    ...(property.type === 'object' ? { style: 'deepObject', explode: true } : {}),
  }
}

/** The body: the input without the fields in the path. */
function bodyOf(
  schema: JsonSchema,
  {
    inPath,
    example: whole,
  }: { readonly inPath: readonly string[]; readonly example: Readonly<Record<string, unknown>> },
): object {
  const { properties, required, ...rest } = schema
  const withoutPath =
    properties === undefined
      ? schema
      : {
          ...rest,
          properties: Object.fromEntries(
            Object.entries(properties).filter(([name]) => !inPath.includes(name)),
          ),
          required: (required ?? []).filter(name => !inPath.includes(name)),
        }
  const isNeeded = properties === undefined || (required ?? []).some(name => !inPath.includes(name))
  const example = Object.fromEntries(Object.entries(whole).filter(([name]) => !inPath.includes(name)))
  return { required: isNeeded, content: { 'application/json': { schema: withoutPath, example } } }
}

function responsesOf(route: RestRoute): object {
  const { mayDeny, input, type, mediaTypes, procedure } = route
  const example = answerExamples.get(procedure)
  const content =
    mediaTypes === undefined
      ? { 'application/json': { schema: answerSchemaOf(route), example } }
      : Object.fromEntries(
          mediaTypes.map((mediaType, index) => [
            mediaType,
            // The example call asks for the first.
            { schema: { type: 'string' }, ...(index === 0 ? { example } : {}) },
          ]),
        )
  const body = hasBody(route)
  return {
    200: { description: 'The answer', content },
    400: problem('The input is invalid; `field` names the field'),
    401: problem('A token is required'),
    403: problem('A token with more rights is required'),
    ...(input === null ? {} : { 404: problem('Not found') }),
    ...(type === 'mutation' ? { 409: problem('Conflicts with existing data') } : {}),
    ...(procedure === 'keys.enter'
      ? { 412: problem('Keys cannot be entered; `detail` says what to set') }
      : {}),
    ...(body
      ? {
          413: problem('The body is larger than 1 MiB'),
          415: problem('The body is not `application/json`'),
        }
      : {}),
    421: problem('Unknown host name: add it to `QUOTA_API_ALLOWED_HOSTS`'),
    429: mayDeny === true ? deniedResponse : tooManyResponse,
    500: problem('Internal error'),
    ...(asksGateway.has(procedure)
      ? { 502: problem('The gateway does not answer, or refuses; `detail` names the setting') }
      : {}),
    503: { ...problem('The store does not answer, or is busy with other reads'), headers: retryAfter },
  }
}

/** Of a successful answer: a denial has a status of its own. */
function answerSchemaOf({ procedure, mayDeny }: RestRoute): JsonSchema {
  const schema = answerSchemas.get(procedure) ?? {}
  if (mayDeny !== true || !Array.isArray(schema['anyOf'])) return schema
  const granted: JsonSchema[] = schema['anyOf'].filter(part => !isDenied(part))
  return granted.length === 1 ? (granted[0] ?? schema) : { anyOf: granted }
}

function isDenied(part: JsonSchema): boolean {
  const name = String(part['$ref'] ?? '').replace(schemaPrefix, '')
  const whole = answerComponents.get(name) ?? part
  return whole.properties?.['decision']?.['const'] === 'denied'
}

/** Procedures that fail if the gateway does not answer; `gateway.get` reports it. */
const asksGateway: ReadonlySet<string> = new Set([
  ...['keys.enter', 'keys.check', 'gateway.models', 'gateway.chat'],
])

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
}

const tooManyResponse = {
  ...problem('Too many wrong tokens from this address, or too many requests at once'),
  headers: retryAfter,
}

const deniedResponse = {
  ...problem('Denied: no quota left for the call. `reasons` and `skipped` say why, `retryAt` until when'),
  headers: {
    'Retry-After': {
      description: 'Seconds until this request would fit; absent if unknown',
      schema: { type: 'integer', minimum: 1 },
    },
    RateLimit: {
      description: 'Remaining quota of the limits that denied the call',
      schema: { type: 'string' },
    },
    'RateLimit-Policy': { description: 'The limits that denied the call', schema: { type: 'string' } },
  },
}
