import { connect } from 'node:net'
import type pg from 'pg'

/** How long the request may take, in milliseconds. */
const patienceMs = 2_000
/** CancelRequest of the protocol: its length, its code, the backend's process and its secret. */
const lengthBytes = 16
const code = 80_877_102

/** Fields of the driver's connection that its types leave out. */
interface Backend {
  readonly host: string
  readonly port: number
  readonly processID: number | null
  readonly secretKey: number | null
}

/**
 * Asks the server to cancel what the connection is executing, as the protocol has it: on another connection, with the
 * secret of the first. Unlike `pg_cancel_backend` it works through poolers. Never rejects: a server that does not
 * receive it cancels the statement by its own time-out.
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
