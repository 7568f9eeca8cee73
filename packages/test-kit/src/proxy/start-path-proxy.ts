import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A reverse proxy that serves another server under a path prefix. */
export interface PathProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; the server is at `${origin}${prefix}/`. */
  readonly origin: string
  /** Paths outside of the prefix that were asked for, which a page behind it must not do. */
  readonly strays: readonly string[]
}

export interface PathProxyOptions {
  readonly target: string
  /** `/quota`. */
  readonly prefix: string
  /** Whether the prefix is removed before the server sees it, as by `proxy_pass http://127.0.0.1:4000/`. */
  readonly isStripped: boolean
}

/** Starts the proxy. It keeps the Host header, as nginx with `proxy_set_header Host $http_host` and Caddy do. */
export async function startPathProxy({ target, prefix, isStripped }: PathProxyOptions): Promise<PathProxy> {
  const strays: string[] = []
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming
    if (!url.startsWith(`${prefix}/`)) {
      strays.push(url)
      outgoing.writeHead(404).end('not behind this proxy')
      return
    }
    const path = isStripped ? url.slice(prefix.length) : url
    const asked = request(new URL(target), { path, method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      // Streams arrive piece by piece.
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    asked.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()))
    outgoing.on('close', () => asked.destroy())
    incoming.pipe(asked)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strays,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
