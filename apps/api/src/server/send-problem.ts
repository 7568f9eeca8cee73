import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server'
import type { FastifyReply } from 'fastify'
import { toTrpcError } from '../router/to-trpc-error.js'
import { problemMediaType, problemOfError } from './rest/problem.js'

/** Sends an error thrown outside of a procedure as the problem that a procedure would send. */
export function sendProblemOf(reply: FastifyReply, error: unknown, configFile: string | null): FastifyReply {
  const known = error instanceof TRPCError ? error : toTrpcError(getTRPCErrorFromUnknown(error), configFile)
  if (known.code === 'INTERNAL_SERVER_ERROR') reply.log.error({ err: error }, 'a request failed')
  const { problem, headers } = problemOfError(known, configFile)
  return reply.code(problem.status).headers(headers).type(problemMediaType).send(problem)
}
