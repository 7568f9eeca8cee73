import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers who may not use the API as soon as the head of its request has come: nobody is waited for, and no body
 * taken, whose call is refused anyway.
 * @param mayUse whether the sender may call anything at all
 * @param refuse sends what a call without a token is answered
 */
export function askForToken(
  scope: FastifyInstance,
  {
    mayUse,
    refuse,
  }: {
    readonly mayUse: (request: FastifyRequest) => boolean
    readonly refuse: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  },
): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || mayUse(request)) return
    // What is still on its way belongs to this request, and nobody reads it.
    reply.header('connection', 'close')
    return refuse(request, reply)
  })
}
