import { attemptsRetryAfterSeconds, bearerToken, tooManyAttempts } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { plainProblem, problemMediaType } from '../rest/problem.js'
import type { Access } from './access.js'
import { roleOfToken } from './caller.js'

/** Slows who sends wrong tokens, by their address, before anything is read of them. */
export function slowGuesses(app: FastifyInstance, access: Access): void {
  if (access.apiToken === null && access.adminToken === null) return
  app.addHook('onRequest', async (request, reply) => {
    const { authorization } = request.headers
    if (authorization === undefined) return
    const isRight = roleOfToken(bearerToken(authorization), access) !== null
    if (await mayAttempt({ request, access, isRight })) return
    return refuseGuess(reply)
  })
}

/** Whether the attempt may be answered, once it has waited for its turn. */
export function mayAttempt(attempt: {
  readonly request: FastifyRequest
  readonly access: Access
  readonly isRight: boolean
}): Promise<boolean> {
  const { request, access, isRight } = attempt
  return access.attempts.attempt(request.ip, isRight)
}

/** Answers one attempt too many. */
export function refuseGuess(reply: FastifyReply): FastifyReply {
  return reply
    .code(429)
    .header('retry-after', String(attemptsRetryAfterSeconds))
    .header('connection', 'close')
    .type(problemMediaType)
    .send(plainProblem(429, tooManyAttempts))
}
