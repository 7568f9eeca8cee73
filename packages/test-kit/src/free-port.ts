import { createServer } from 'node:net'

/**
 * A currently free TCP port of 127.0.0.1. Another process may take it first: prefer port 0 if the program under test
 * reports its port.
 */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const address = server.address()
  await new Promise<void>(resolve => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port')
  return address.port
}
