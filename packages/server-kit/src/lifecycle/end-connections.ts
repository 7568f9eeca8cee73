import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'

/** How long a client may take to receive its last answer. */
const lingerMs = 500

/** The part of a Fastify server whose connections are ended. */
export interface Closable {
  readonly server: Server
  addHook(name: 'preClose', hook: () => Promise<void>): unknown
}

/**
 * Ends those connections of a closing server that Node leaves open, and closing waits for: those on which nothing was ever
 * sent, as browsers open in advance and Node's `fetch` after an aborted call, those whose last answer was under way, and
 * those of clients that were refused before they had sent all of their request. Answers under way are still given.
 */
export function endConnections(app: Closable): void {
  const { server } = app
  /** The answers under way on each connection, in their order. */
  const answers = new Map<Socket, Set<ServerResponse>>()
  server.on('connection', (socket: Socket) => {
    answers.set(socket, new Set())
    socket.once('close', () => answers.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    const underWay = answers.get(socket)
    underWay?.add(answer)
    answer.once('close', () => {
      underWay?.delete(answer)
      if (underWay?.size === 0 && !server.listening) socket.destroySoon()
    })
  })
  app.addHook('preClose', async () => {
    for (const underWay of answers.values()) announceEnd([...underWay].at(-1))
    void endUnused()
  })

  async function endUnused(): Promise<void> {
    // By then the server no longer listens, and has read what had arrived.
    await nextTurn()
    await nextTurn()
    for (const [socket, { size }] of answers) if (size === 0 && socket.bytesRead === 0) socket.destroy()
    await wait(lingerMs, undefined, { ref: false })
    for (const [socket, { size }] of answers) if (size === 0) socket.destroy()
  }
}

/** So that a client sends nothing more on the connection. */
function announceEnd(last: ServerResponse | undefined): void {
  if (last?.headersSent === false) last.setHeader('connection', 'close')
}
