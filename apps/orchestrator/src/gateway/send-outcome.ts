import type { FastifyReply } from 'fastify'
import type { RouteDeps } from '../routing/route-deps.js'
import type { RunResult } from '../routing/routing-run.js'
import { sendError, sendRefusal } from './send-error.js'

/** What came of a request, however many vendors were called for it. */
type SentOutcome = { readonly attemptCount: number } & Exclude<RunResult, { readonly kind: 'denied' }>

/**
 * Sends what came of a request, and says after how many calls, and which provider answered: not to clients with a token
 * of a consumer.
 */
export function sendOutcome(
  reply: FastifyReply,
  outcome: SentOutcome,
  { deps, isOfConsumer }: { readonly deps: RouteDeps; readonly isOfConsumer: boolean },
): FastifyReply {
  const { attemptCount } = outcome
  if (attemptCount > 0) reply.header('x-quotakeeper-attempts', String(attemptCount))
  switch (outcome.kind) {
    case 'answer': {
      const { httpStatus, contentType, body, leftOut = [] } = outcome.answer
      if (!isOfConsumer) reply.header('x-quotakeeper-provider', headerText(outcome.providerName))
      if (leftOut.length > 0) reply.header('x-quotakeeper-left-out', leftOut.join(', '))
      // A proxy in between is to pass events on as they come.
      if (!Buffer.isBuffer(body)) reply.header('x-accel-buffering', 'no')
      return reply.code(httpStatus).header('content-type', contentType).send(body)
    }
    case 'refusal':
      return sendRefusal(reply, outcome.refusal, deps)
    case 'gone':
      // Nobody reads it, unless it was the gateway that had to end.
      return sendError(reply, 503, {
        type: 'server_error',
        code: 'shutting_down',
        message: 'The gateway is stopping. Try again shortly.',
        param: null,
      })
  }
}

/** Names may have letters that headers cannot carry. */
function headerText(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : encodeURIComponent(name)
}
