import type { FastifyInstance } from 'fastify'

/**
 * Once the server is closing, tells each client it still answers to hang up. Node closes connections that
 * are idle then, but waits for those that become idle afterwards, until their keep-alive runs out.
 */
export function leavePolitely(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}
