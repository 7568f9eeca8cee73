import { createServer, type Server } from 'node:net'
import { type CommitLoss, ConnectionPair, type Faults } from './connection-pair.js'

/** Faults of a proxy; none for what is left out. */
export interface Behaviour {
  readonly delayMs?: number
  /** Lets nothing pass, and closes nothing, until this is set to false. */
  readonly isStalled?: boolean
  /** Asked at each COMMIT; null lets it pass. */
  readonly loseCommit?: () => CommitLoss | null
}

/** A TCP proxy in front of a server, which can be made to fail. */
export interface FaultProxy extends AsyncDisposable {
  /** The server's URL, by way of the proxy. */
  readonly url: string
  /** Most connections that were ever open at once. */
  maxConnections(): number
  /** How many COMMITs were lost in either way. */
  lostCommits(): Readonly<Record<CommitLoss, number>>
  /** From now on, for old and new connections alike. */
  behave(behaviour: Behaviour): void
}

/** Starts a proxy on a port of its own of 127.0.0.1. */
export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(serverUrl)
  const pairs = new Set<ConnectionPair>()
  const lost = { before: 0, after: 0 }
  const line = new Line()
  let most = 0
  const server = createServer({ allowHalfOpen: true }, client => {
    const pair = new ConnectionPair(client, {
      server: { host: hostname, port: Number(port) },
      faults: () => line.faults,
      onLoss: when => {
        lost[when] += 1
      },
      onEnd: () => pairs.delete(pair),
    })
    pairs.add(pair)
    most = Math.max(most, pairs.size)
  })
  const url = new URL(serverUrl)
  url.port = String(await listen(server))
  return {
    url: url.href,
    maxConnections: () => most,
    lostCommits: () => ({ ...lost }),
    behave: behaviour => line.behave(behaviour),
    [Symbol.asyncDispose]: async () => {
      for (const pair of pairs) pair.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** How all connections behave at present. */
class Line {
  faults: Faults = { delayMs: 0, flowing: Promise.resolve(), loseCommit: () => null }
  #flow: () => void = () => undefined

  behave({ delayMs = 0, isStalled = false, loseCommit = () => null }: Behaviour): void {
    this.#flow()
    const flowing = isStalled ? new Promise<void>(resolve => (this.#flow = resolve)) : Promise.resolve()
    this.faults = { delayMs, flowing, loseCommit }
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('a TCP server without a port'))
      else resolve(address.port)
    })
  })
}
