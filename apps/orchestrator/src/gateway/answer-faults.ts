import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { type OpenAiError, sendError, wrongContentType } from './send-error.js'

/** Errors outside of routing, in the shape of the endpoint or of the path: unknown addresses, bodies that can't be read, our own. */
export function answerFaults(app: FastifyInstance, endpoints: readonly Endpoint[]): void {
  const posted = endpoints.map(({ path }) => `POST ${path}`).join(', ')
  const served = `${posted}, GET and DELETE /v1/responses/ID, and GET /v1/models`
  app.setNotFoundHandler((request, reply) => {
    const path = request.originalUrl.split('?', 1)[0] ?? request.originalUrl
    const message = `${request.method} ${path} is not served; ${served} are.`
    return sendError(reply, 404, invalidRequest(message, null, 'unknown_url'))
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const httpStatus = error.statusCode ?? 500
    if (httpStatus >= 500) request.log.error({ err: error }, 'a request failed')
    return sendError(reply, httpStatus, faultOf(error, httpStatus, contentTypeOf(request)))
  })
}

/** What the route takes: JSON, unless its endpoint says otherwise. */
function contentTypeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.config?.endpoint?.contentType ?? 'application/json'
}

function faultOf({ code, message }: FastifyError, httpStatus: number, contentType: string): OpenAiError {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongContentType(contentType)
    default:
      return httpStatus < 500
        ? invalidRequest(message, null, 'invalid_request')
        : {
            type: 'server_error',
            code: 'internal_error',
            message: 'Internal error; see the gateway’s log.',
            param: null,
          }
  }
}
