import type { FastifyError, FastifyInstance } from 'fastify'
import { invalidRequest, type OpenAiError, sendError } from './send-error.js'

/** Errors outside of routing, in OpenAI's shape too: unknown addresses, bodies that can't be read, our own. */
export function answerFaults(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? request.url
    return sendError(reply, 404, invalidRequest(remedyFor(request.method, path), null, 'unknown_url'))
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const httpStatus = error.statusCode ?? 500
    if (httpStatus >= 500) request.log.error({ err: error }, 'a request failed')
    return sendError(reply, httpStatus, faultOf(error, httpStatus))
  })
}

const served = 'POST /v1/chat/completions, POST /v1/embeddings and GET /v1/models'

function remedyFor(method: string, path: string): string {
  if (path.startsWith('/v1/responses')) {
    return (
      `The Responses API is not served; ${served} are. Use Chat Completions at the same base URL: ` +
      "client.chat.completions.create in OpenAI's libraries, provider.chat(model) in the AI SDK."
    )
  }
  return `${method} ${path} is not served; ${served} are.`
}

function faultOf({ code, message }: FastifyError, httpStatus: number): OpenAiError {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return invalidRequest('Send JSON, with "Content-Type: application/json".', null, 'invalid_content_type')
    default:
      return httpStatus < 500
        ? invalidRequest(message, null, 'invalid_request')
        : {
            type: 'server_error',
            code: 'internal_error',
            message: 'The gateway failed; its log says why.',
            param: null,
          }
  }
}
