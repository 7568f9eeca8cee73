import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

/**
 * The body of a vendor's answer as a stream with backpressure. Destroying it ends the call. It fails if the connection
 * breaks or no data arrives for `idleMs`.
 */
export class VendorStream extends Readable {
  readonly #controller: Dispatcher.DispatchController
  readonly #idleTimer: NodeJS.Timeout
  #isOver = false

  constructor(controller: Dispatcher.DispatchController, idleMs: number) {
    super()
    this.#controller = controller
    this.#idleTimer = setTimeout(() => {
      // While a slow reader applies backpressure, the vendor is not idle.
      if (this.#controller.paused) this.#idleTimer.refresh()
      else this.destroy(new Error(`no data for ${idleMs / 1_000} s (QUOTA_STREAM_IDLE_SECONDS)`))
    }, idleMs)
  }

  /** Adds a received chunk. */
  arrive(chunk: Buffer): void {
    this.#idleTimer.refresh()
    if (!this.push(chunk)) this.#controller.pause()
  }

  /** Ends the stream successfully. */
  complete(): void {
    this.#isOver = true
    clearTimeout(this.#idleTimer)
    this.push(null)
  }

  /** Fails the stream. */
  break(error: Error): void {
    this.#isOver = true
    this.destroy(error)
  }

  override _read(): void {
    if (this.#controller.paused) this.#controller.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer)
    // Closes the connection, so that the vendor stops.
    if (!this.#isOver) this.#controller.abort(new Error('the call has ended'))
    this.#isOver = true
    done(error)
  }
}
