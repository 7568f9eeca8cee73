import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** How a connection is lost around its COMMIT: before the server hears it, or after, without the answer. */
export type CommitLoss = 'before' | 'after'

/** What the proxy does to the traffic at present. */
export interface Faults {
  /** Everything is kept back for so long, in either direction. */
  readonly delayMs: number
  /** Settled while traffic flows. Else nothing passes, and nothing is closed: a cable that was pulled. */
  readonly flowing: Promise<void>
  /** Asked at each COMMIT; null lets it pass. */
  readonly loseCommit: () => CommitLoss | null
}

/** As the store sends it: at the end of a transaction, or as a statement that is one by itself. */
const commitText = /commit\0|writes-if-still-true[a-z-]*-\d+\0/

/** A client's connection, and the one to the server that belongs to it. */
export class ConnectionPair {
  readonly #client: Socket
  readonly #server: Socket
  readonly #faults: () => Faults
  readonly #onLoss: (when: CommitLoss) => void
  #toClient: Promise<void> = Promise.resolve()
  #toServer: Promise<void> = Promise.resolve()
  #isCut = false

  constructor(
    client: Socket,
    options: {
      readonly server: { readonly host: string; readonly port: number }
      readonly faults: () => Faults
      readonly onLoss: (when: CommitLoss) => void
      readonly onEnd: () => void
    },
  ) {
    this.#client = client
    this.#server = connect({ ...options.server, allowHalfOpen: true, noDelay: true })
    this.#faults = options.faults
    this.#onLoss = options.onLoss
    client.setNoDelay(true)
    // A broken connection is what this is for; its end follows as `close`.
    client.on('error', () => undefined)
    this.#server.on('error', () => undefined)
    client.on('close', () => {
      if (!this.#isCut) this.destroy()
    })
    this.#server.on('close', () => {
      this.destroy()
      options.onEnd()
    })
    client.on('data', chunk => this.#sendToServer(() => this.#forward(chunk)))
    client.on('end', () => this.#sendToServer(() => void this.#server.end()))
    this.#server.on('data', chunk => this.#sendToClient(() => void this.#client.write(chunk)))
    this.#server.on('end', () => this.#sendToClient(() => void this.#client.end()))
  }

  destroy(): void {
    this.#isCut = true
    this.#client.destroy()
    this.#server.destroy()
  }

  #sendToServer(send: () => void): void {
    const arrivedMs = performance.now()
    this.#toServer = this.#toServer.then(() => this.#inTime(arrivedMs, send))
  }

  #sendToClient(send: () => void): void {
    const arrivedMs = performance.now()
    this.#toClient = this.#toClient.then(() => this.#inTime(arrivedMs, send))
  }

  async #inTime(arrivedMs: number, send: () => void): Promise<void> {
    const waitMs = arrivedMs + this.#faults().delayMs - performance.now()
    if (waitMs > 0) await pause(waitMs)
    await this.#faults().flowing
    if (!this.#isCut) send()
  }

  #forward(chunk: Buffer): void {
    const loss = commitText.test(chunk.toString('latin1')) ? this.#faults().loseCommit() : null
    if (loss === null) {
      this.#server.write(chunk)
      return
    }
    this.#onLoss(loss)
    this.#isCut = true
    this.#client.destroy()
    // The server gets all of it, and only then the end of the connection; its answer goes nowhere.
    if (loss === 'after') this.#server.end(chunk)
    else this.#server.destroy()
  }
}
