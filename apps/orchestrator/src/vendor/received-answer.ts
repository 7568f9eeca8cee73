import type { Dispatcher } from 'undici'
import { VendorStream } from '../stream/vendor-stream.js'
import { knownStatus } from './known-status.js'
import type { VendorResult } from './vendor-client.js'

/** A larger answer is broken off. */
const mostBytes = 64 * 1_024 * 1_024

/**
 * Takes a vendor's answer as it arrives, and knows at any moment how the call stands. It ends once; a stream
 * goes on behind that.
 */
export class ReceivedAnswer implements Dispatcher.DispatchHandler {
  readonly #streamIdleMs: number | null
  readonly #end: (result: VendorResult) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | null = null
  #hasEnded = false
  #bytes = 0
  #httpStatus = 0
  #headers: Record<string, string | undefined> = {}
  #stream: VendorStream | null = null

  /** @param streamIdleMs how long a stream may say nothing; null where it is not to be streamed */
  constructor(streamIdleMs: number | null, end: (result: VendorResult) => void) {
    this.#streamIdleMs = streamIdleMs
    this.#end = end
  }

  /** The answer is no longer wanted. */
  abort(): void {
    this.#finish({ kind: 'aborted', wasSent: this.#controller !== null, received: this.#received() })
  }

  /** The time for the call is over. */
  expire(): void {
    this.#break('no answer in time')
  }

  /** The request is about to be written; before this nothing has been. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#hasEnded) controller.abort(new Error('the call has ended'))
    else this.#controller = controller
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return
    const httpStatus = knownStatus(status)
    this.#httpStatus = httpStatus
    for (const [name, value] of Object.entries(headers)) {
      this.#headers[name] = Array.isArray(value) ? value.join(', ') : value
    }
    const isSuccess = httpStatus < 300
    if (this.#streamIdleMs !== null && isSuccess && isEventStream(this.#headers['content-type'])) {
      this.#stream = new VendorStream(controller, this.#streamIdleMs)
      this.#finish({ kind: 'streaming', httpStatus, headers: this.#headers, stream: this.#stream })
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#stream?.arrive(chunk)
    if (this.#hasEnded) return
    this.#bytes += chunk.length
    this.#chunks.push(chunk)
    if (this.#bytes > mostBytes) this.#break(`an answer of more than ${mostBytes} bytes`)
  }

  onResponseEnd(): void {
    this.#stream?.complete()
    this.#finish({
      kind: 'answered',
      httpStatus: this.#httpStatus,
      headers: this.#headers,
      body: this.#received(),
    })
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#stream?.break(error)
    this.#break(reasonOf(error))
  }

  #break(reason: string): void {
    this.#finish(
      this.#controller === null
        ? { kind: 'unreached', reason }
        : { kind: 'broken', reason, received: this.#received() },
    )
  }

  #finish(result: VendorResult): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#end(result)
    // Where the call went on, the connection is closed: the vendor learns that nobody listens.
    if (result.kind !== 'answered' && result.kind !== 'streaming')
      this.#controller?.abort(new Error('the call has ended'))
  }

  #received(): Buffer {
    const [only] = this.#chunks
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks)
  }
}

function isEventStream(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream'
}

/** A code where there is one: messages of the system's errors name addresses, which are no news to anyone. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
