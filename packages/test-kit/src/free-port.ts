import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ports that Linux (from 32768) and other systems give to clients and to servers on port 0: a process under
 * test may start seconds later, and by then any of the tests' servers could have got a port of those.
 */
const range = { first: 15_000, count: 17_000 }

/** Offset of the last port that was returned; every process begins elsewhere. */
let last = randomInt(range.count)

/**
 * A free TCP port of 127.0.0.1, another one at each call. Another process may take it first: prefer port 0 if the program
 * under test reports its port.
 *
 * @throws Error if all ports are taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < range.count; tries++) {
    last = (last + 1) % range.count
    const port = range.first + last
    if (await isFree(port)) return port
  }
  throw new Error(`no port from ${range.first} on is free`)
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
}
