import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that passes everything on, and keeps what it was sent. */
export interface RecordingProxy extends AsyncDisposable {
  readonly origin: string
  /** Everything that clients have sent: paths, headers and bodies. */
  sent(): string
}

/**
 * Listens in front of a server.
 * @param before awaited before a request is passed on
 */
export async function startRecordingProxy(
  target: string,
  before: (path: string) => Promise<unknown> = async () => {},
): Promise<RecordingProxy> {
  const pieces: string[] = []
  const server = createServer(async (incoming, response) => {
    await before(incoming.url ?? '/')
    const { method = 'GET', url = '/', headers } = incoming
    pieces.push(`${method} ${url}\n${JSON.stringify(headers)}\n`)
    const onward = request(new URL(url, target), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.once('error', () => response.destroy())
    incoming.on('data', (piece: Buffer) => void pieces.push(piece.toString('latin1')))
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    sent: () => pieces.join(''),
    [Symbol.asyncDispose]: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
