import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type AnswerMemory, NoRoomForAnswer } from './answer-memory.js'
import { type Decoding, decodeStream, readDecoding } from './content-encoding.js'
import { knownStatus } from './known-status.js'
import { readWhole } from './stream/read-form.js'
import { reasonOf } from './stream/reason-of.js'
import { VendorStream } from './stream/vendor-stream.js'
import type { VendorResult } from './vendor-result.js'

/** Bounds of a call's answer. */
export interface AnswerBounds {
  /** Longest silence of a stream; null if not streamed. */
  readonly streamIdleMs: number | null
  /** Larger answers are aborted, encoded or not. */
  readonly maxBytes: number
  /** Memory for a buffered answer; null if `maxBytes` suffices as bound. */
  readonly memory: AnswerMemory | null
}

/** Larger answers are aborted, encoded or not. */
export const maxAnswerBytes = 64 * 1_024 * 1_024
/** Of longer error bodies only the status counts. */
const maxComplaintBytes = 1_024 * 1_024

/** Receives a vendor's answer and tracks the state of the call. Ends once; a stream continues after that. */
export class ReceivedAnswer implements Dispatcher.DispatchHandler {
  readonly #bounds: AnswerBounds
  readonly #end: (result: VendorResult) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | null = null
  #hasEnded = false
  #bytes = 0
  #httpStatus = 0
  #headers: Record<string, string | undefined> = {}
  #decoding: Decoding | null = []
  #stream: VendorStream | null = null

  constructor(bounds: AnswerBounds, end: (result: VendorResult) => void) {
    this.#bounds = bounds
    this.#end = end
  }

  /** Aborts the call, since the answer is no longer needed. */
  abort(): void {
    if (this.#hasEnded) return
    this.#finish({ kind: 'aborted', wasSent: this.#controller !== null, received: this.#readable() })
    this.#controller?.abort(new Error('the call has ended'))
  }

  /** Ends the call on its timeout. */
  expire(): void {
    this.#break('no answer in time (QUOTA_VENDOR_TIMEOUT_SECONDS)')
  }

  /** Whether nothing of the answer has come, and the call has not ended. */
  get isSilent(): boolean {
    return this.#httpStatus === 0 && !this.#hasEnded
  }

  /** Ends the call unless its answer has begun. @param afterMs how long it was waited for */
  giveUp(afterMs: number): void {
    if (this.isSilent) this.#break(`no answer for ${Math.round(afterMs / 1_000)} s, and another key has room`)
  }

  /** Called before the request is written; nothing has been sent before. */
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
    const encoding = this.#headers['content-encoding']
    this.#decoding = readDecoding(encoding)
    // The body passed on is decoded.
    delete this.#headers['content-encoding']
    const isSuccess = httpStatus < 300
    const { streamIdleMs } = this.#bounds
    if (isSuccess && this.#decoding === null) {
      this.#break(`an answer in an unsupported encoding: ${encoding?.slice(0, 40)}`)
    } else if (streamIdleMs !== null && isSuccess && this.#decoding !== null) {
      this.#stream = new VendorStream(controller, streamIdleMs)
      const stream = decodeStream(this.#stream, this.#decoding)
      this.#finish({ kind: 'streaming', httpStatus, headers: this.#headers, stream })
    } else {
      // Takes memory for the declared length before reading; larger answers are aborted anyway.
      const declared = Number(this.#headers['content-length'] ?? 0)
      if (declared <= this.#maxBytes) this.#take(declared)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#stream?.arrive(chunk)
    if (this.#hasEnded) return
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) this.#break(`an answer of more than ${this.#maxBytes} bytes`)
    else if (this.#take(this.#bytes)) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#stream?.complete()
    if (this.#hasEnded) return
    if (this.#decoding?.length === 0 || this.#bytes === 0) {
      const body = this.#received()
      if (this.#holds(() => this.#bounds.memory?.takeWhole(body))) this.#answer(body)
    } else void this.#decode()
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#stream?.break(error)
    this.#break(reasonOf(error))
  }

  async #decode(): Promise<void> {
    try {
      if (this.#decoding === null) throw new Error('an unsupported encoding')
      const encoded = Readable.from([this.#received()], { objectMode: false })
      const bounds = { maxBytes: this.#maxBytes, memory: this.#bounds.memory }
      this.#answer(await readWhole(decodeStream(encoded, this.#decoding), bounds))
    } catch (error) {
      if (error instanceof NoRoomForAnswer) this.#giveUp()
      else this.#break(reasonOf(error))
    }
  }

  get #maxBytes(): number {
    return this.#isComplaint ? maxComplaintBytes : this.#bounds.maxBytes
  }

  get #isComplaint(): boolean {
    return this.#httpStatus >= 300
  }

  #answer(body: Buffer): void {
    this.#finish({ kind: 'answered', httpStatus: this.#httpStatus, headers: this.#headers, body })
  }

  #break(reason: string): void {
    if (this.#hasEnded) return
    if (this.#controller === null) this.#finish({ kind: 'unreached', reason })
    // An error is recognised by its status alone.
    else if (this.#isComplaint) this.#answer(this.#readable())
    else this.#finish({ kind: 'broken', reason, received: this.#readable() })
    // If the call continues, closes the connection, so that the vendor stops.
    this.#controller?.abort(new Error('the call has ended'))
  }

  /** Takes memory for this many bytes, or abandons the answer. */
  #take(bytes: number): boolean {
    return this.#holds(() => this.#bounds.memory?.take(bytes))
  }

  #holds(take: () => void): boolean {
    try {
      take()
      return true
    } catch (error) {
      if (!(error instanceof NoRoomForAnswer)) throw error
      this.#giveUp()
      return false
    }
  }

  /** The vendor has executed the call, but there is no memory for its answer. */
  #giveUp(): void {
    // An error is recognised by its status alone.
    if (this.#isComplaint) this.#answer(this.#readable())
    else this.#finish({ kind: 'noRoom', received: this.#readable() })
    this.#controller?.abort(new Error('the call has ended'))
  }

  #finish(result: VendorResult): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#end(result)
  }

  #received(): Buffer {
    const [only] = this.#chunks
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks)
  }

  /** The received bytes, if text. */
  #readable(): Buffer {
    return this.#decoding?.length === 0 ? this.#received() : Buffer.alloc(0)
  }
}
