import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What happens to the next bytes that a client sends: passed on, or the connection is broken instead. */
export type Filter = (sent: string) => 'pass' | 'break'

/** A TCP proxy in front of a PostgreSQL server. */
export interface GateKeeper extends AsyncDisposable {
  /** The server's URL, through the proxy. */
  readonly url: string
  /** Keeps the server's answers back until the client has sent this text. */
  holdUntilSent(text: string): void
  /** Filters what clients send from now on. */
  filter(filter: Filter): void
}

/** Opens a proxy on 127.0.0.1 in front of the server of a URL. Bytes pass unchanged, or not at all. */
export async function openGate(serverUrl: string): Promise<GateKeeper> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let awaited: string | null = null
  let filter: Filter = () => 'pass'
  let held: (() => void)[] = []
  const server = createServer(client => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.on('data', bytes => {
      const text = bytes.toString('latin1')
      if (filter(text) === 'break') {
        client.resetAndDestroy()
        return
      }
      upstream.write(bytes)
      if (awaited !== null && text.includes(awaited)) {
        awaited = null
        for (const release of held) release()
        held = []
      }
    })
    upstream.on('data', bytes => {
      const send = (): boolean => client.write(bytes)
      if (awaited === null) send()
      else held.push(send)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  const url = new URL(serverUrl)
  url.port = String(port)
  return {
    url: url.href,
    holdUntilSent: text => {
      awaited = text
    },
    filter: newFilter => {
      filter = newFilter
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
