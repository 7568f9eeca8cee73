import { connect } from 'node:net'
import type pg from 'pg'

/** How long the server may take to hear of it, in milliseconds. */
const patienceMs = 2_000
/** CancelRequest of the protocol: its length, its code, the backend's process and its secret. */
const lengthBytes = 16
const code = 80_877_102

/** What the driver keeps of a connection, beside what its types tell. */
interface Backend {
  readonly host: string
  readonly port: number
  readonly processID: number | null
  readonly secretKey: number | null
}

/**
 * Asks the server to give up what the connection is at, as the protocol has it: on a connection of its own, with
 * the secret of the other. Unlike `pg_cancel_backend` it works through poolers. Never rejects: a server that does
 * not hear of it gives the statement up by its own time-out.
 */
export function requestCancel(client: pg.PoolClient): void {
  // A pool's client is a `Client`, whose types leave these four out.
  const { host, port, processID, secretKey } = client as unknown as Backend
  if (processID === null || secretKey === null) return
  const message = Buffer.alloc(lengthBytes)
  message.writeInt32BE(lengthBytes, 0)
  message.writeInt32BE(code, 4)
  message.writeInt32BE(processID, 8)
  message.writeInt32BE(secretKey, 12)
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.setTimeout(patienceMs, () => socket.destroy())
  // Without a listener the failure would end this process.
  socket.on('error', () => socket.destroy())
  socket.end(message)
}
