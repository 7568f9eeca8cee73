import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** The part of a Fastify server whose connections are ended. */
export interface Closable {
  readonly server: Server
  addHook(name: 'preClose', hook: () => Promise<void>): unknown
}

/**
 * Ends those connections of a closing server that Node leaves open, and closing waits for: those on which nothing was ever
 * sent, as browsers open in advance and Node's `fetch` after an aborted call, and those whose last answer was under way.
 * Answers under way are still given.
 */
export function endConnections(app: Closable): void {
  const { server } = app
  /** The answers under way on each connection. */
  const counts = new Map<Socket, number>()
  const count = (socket: Socket, change: number): number => {
    const sum = (counts.get(socket) ?? 0) + change
    counts.set(socket, sum)
    return sum
  }
  server.on('connection', (socket: Socket) => {
    counts.set(socket, 0)
    socket.once('close', () => counts.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => {
      if (!socket.destroyed && count(socket, -1) === 0 && !server.listening) socket.destroySoon()
    })
  })
  app.addHook('preClose', async () => {
    void endSilent()
  })

  async function endSilent(): Promise<void> {
    // By then the server no longer listens, and has read what had arrived.
    await nextTurn()
    await nextTurn()
    for (const [socket, answers] of counts) if (answers === 0 && socket.bytesRead === 0) socket.destroy()
  }
}
