import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What happens to the next bytes that a client sends: passed on, or the connection is broken instead. */
export type Judge = (sent: string) => 'pass' | 'break'

/** A door before a PostgreSQL server. */
export interface GateKeeper extends AsyncDisposable {
  /** The server's URL, through the door. */
  readonly url: string
  /** Keeps the server's answers back until the client has sent this text. */
  holdUntilSent(text: string): void
  /** Judges what clients send from now on. */
  judge(judge: Judge): void
}

/** Opens a door of 127.0.0.1 before the server of a URL. Bytes pass unchanged, or not at all. */
export async function openGate(serverUrl: string): Promise<GateKeeper> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let awaited: string | null = null
  let judge: Judge = () => 'pass'
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
      if (judge(text) === 'break') {
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
    judge: newJudge => {
      judge = newJudge
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
