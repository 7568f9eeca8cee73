import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

/**
 * The body of a vendor's answer as it arrives. Who reads slowly makes the vendor wait; who destroys it ends
 * the call. It fails where the connection breaks, or where nothing comes for `idleMs`.
 */
export class VendorStream extends Readable {
  readonly #controller: Dispatcher.DispatchController
  readonly #idleTimer: NodeJS.Timeout
  #isOver = false

  constructor(controller: Dispatcher.DispatchController, idleMs: number) {
    super()
    this.#controller = controller
    this.#idleTimer = setTimeout(() => {
      // A reader that is slow keeps the vendor waiting: that is no silence of the vendor's.
      if (this.#controller.paused) this.#idleTimer.refresh()
      else this.destroy(new Error(`no data for ${idleMs / 1_000} s (QUOTA_STREAM_IDLE_SECONDS)`))
    }, idleMs)
  }

  /** Takes what has arrived. */
  arrive(chunk: Buffer): void {
    this.#idleTimer.refresh()
    if (!this.push(chunk)) this.#controller.pause()
  }

  /** All has arrived. */
  complete(): void {
    this.#isOver = true
    clearTimeout(this.#idleTimer)
    this.push(null)
  }

  /** The connection broke. */
  break(error: Error): void {
    this.#isOver = true
    this.destroy(error)
  }

  override _read(): void {
    if (this.#controller.paused) this.#controller.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer)
    // The vendor learns that nobody listens.
    if (!this.#isOver) this.#controller.abort(new Error('the call has ended'))
    this.#isOver = true
    done(error)
  }
}
