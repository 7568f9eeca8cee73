import { attemptsRetryAfterSeconds, bearerToken, tooManyAttempts } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { plainProblem, problemMediaType } from '../rest/problem.js'
import type { Access } from './access.js'
import { roleOfToken } from './caller.js'

/** Delays senders of wrong tokens by address, before their body is read. */
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
