import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** A server that breaks the connection during its answer. */
export async function startBroken(): Promise<AsyncDisposable & { readonly origin: string }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': '1000' })
    response.write('id,kind\r\n', () => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
