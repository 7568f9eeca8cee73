import type { FastifyInstance } from 'fastify'
import { carriesToken } from './access/bearer-token.js'
import { isAllowedHost, isForeignPage } from './access/host-guard.js'
import { sendError } from './openai-error.js'

/** Who may call. */
export interface AccessOptions {
  /** Null where none is needed. */
  readonly token: string | null
  readonly allowedHosts: readonly string[]
}

/** Of every answer: browsers guess nothing, keep nothing, and lend nothing to pages. */
const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const

/** Turns away, before anything is read, whom a name that is not ours, a page or no token has led here. */
export function guard(app: FastifyInstance, { token, allowedHosts }: AccessOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders)
    const { host, authorization } = request.headers
    if (!isAllowedHost(host, allowedHosts)) {
      return sendError(reply, 421, {
        type: 'invalid_request_error',
        code: 'wrong_host',
        message: `This gateway is not called "${host ?? ''}"; QUOTA_GATEWAY_ALLOWED_HOSTS may say that it is.`,
        param: null,
      })
    }
    // By the route where there is one: an address may spell it otherwise, as in /%761/models. Probes are open;
    // figures tell which vendors there are.
    if (!/^\/(?:v1|metrics)/.test(request.routeOptions.url ?? request.url)) return
    if (isForeignPage(request.headers, allowedHosts)) {
      const message = 'Pages of other sites may not spend your keys.'
      return sendError(reply, 403, {
        type: 'invalid_request_error',
        code: 'foreign_page',
        message,
        param: null,
      })
    }
    if (carriesToken(authorization, token)) return
    reply.header('www-authenticate', 'Bearer realm="quotakeeper"')
    return sendError(reply, 401, {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'This gateway wants the token of QUOTA_GATEWAY_TOKEN as its API key.',
      param: null,
    })
  })
}
