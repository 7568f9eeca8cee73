import { attemptsRetryAfterSeconds, tooManyAttempts } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../router/context.js'
import { plainProblem, problemMediaType } from '../rest/problem.js'
import { sendProblemOf } from '../send-problem.js'
import type { Access } from './access.js'
import { callerOf, identify } from './caller.js'

/**
 * Identifies the sender of every request before its body is read, and delays senders of wrong tokens by address. If the
 * stored tokens cannot be read, who sends one is answered that the store is unavailable.
 */
export function identifyCallers(
  app: FastifyInstance,
  access: Access,
  services: Pick<Services, 'tokens' | 'configFile'>,
): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request, reply) => {
    try {
      request.caller = await identify(request, access, services.tokens)
    } catch (error) {
      reply.header('connection', 'close')
      return sendProblemOf(reply, error, services.configFile)
    }
    if (request.headers.authorization === undefined) return
    const { mayUse, hasToken } = callerOf(request)
    // Without any token there is nothing to guess.
    const isNobody = mayUse && !hasToken && access.apiToken === null && access.adminToken === null
    if (isNobody || (await mayAttempt({ request, access, isRight: hasToken }))) return
    return refuseGuess(reply)
  })
}

/** Whether to answer the attempt, after its delay. */
export function mayAttempt(attempt: {
  readonly request: FastifyRequest
  readonly access: Access
  readonly isRight: boolean
}): Promise<boolean> {
  const { request, access, isRight } = attempt
  return access.attempts.attempt(request.ip, isRight)
}

/** Refuses an attempt beyond the limit. */
export function refuseGuess(reply: FastifyReply): FastifyReply {
  return reply
    .code(429)
    .header('retry-after', String(attemptsRetryAfterSeconds))
    .header('connection', 'close')
    .type(problemMediaType)
    .send(plainProblem(429, tooManyAttempts))
}
