import { endpointOperations } from './endpoint-operations.js'
import {
  type DescribedBody,
  fields,
  type GatewayOperation,
  json,
  text,
  textOrNull,
} from './gateway-operation.js'
import { ownOperations } from './own-operations.js'

const errorSchema = fields({
  error: fields({ message: text, type: text }, { code: textOrNull, param: textOrNull }),
})

/** The OpenAPI 3.1 document of the gateway. */
export function gatewayDocument(): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of [...endpointOperations, ...ownOperations])
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationOf(operation) }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Quotakeeper gateway',
      version: '1',
      description:
        'Endpoints of AI vendors, each call made with a key that has quota left. Formats are those of the vendors; fields that are not described are passed on.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    // Both apply: no token is needed as long as none is set.
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  }
}

function operationOf({ operationId, tag, summary, parameters, body, answer }: GatewayOperation): object {
  return {
    operationId,
    tags: [tag],
    summary,
    ...(parameters === undefined
      ? {}
      : { parameters: parameters.map(parameter => ({ ...parameter, required: parameter.in === 'path' })) }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      200: { description: 'The answer', content: contentOf(answer) },
      default: {
        description:
          'An error in the format of the client: OpenAI’s as here, Anthropic’s below /v1/messages, Google’s below /v1beta',
        content: { [json]: { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function contentOf({ mediaType, schema, example }: DescribedBody): object {
  return { [mediaType]: { schema, example } }
}
