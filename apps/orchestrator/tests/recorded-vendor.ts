import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A request as received by the vendor. */
export interface RecordedCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Whether its client disconnected before the answer. */
  hasLeft: boolean
}

export type Respond = (call: RecordedCall, response: ServerResponse) => void

/** A real HTTP server as a vendor. */
export interface RecordedVendor extends AsyncDisposable {
  readonly baseUrl: string
  readonly calls: RecordedCall[]
  /** Answers to the next calls, one each; then the default. */
  readonly next: Respond[]
}

/** Starts a server with a default answer. */
export async function startRecordedVendor(always: Respond): Promise<RecordedVendor> {
  const calls: RecordedCall[] = []
  const next: Respond[] = []
  const server = createServer(async (request, response) => {
    const respond = next.shift() ?? always
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // A client that disconnects while sending is recorded below.
    }
    const call: RecordedCall = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
      hasLeft: false,
    }
    response.once('close', () => {
      call.hasLeft = !response.writableFinished
    })
    calls.push(call)
    respond(call, response)
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    calls,
    next,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
