import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { AnswerMemory } from './answer-memory.js'
import { ReceivedAnswer } from './received-answer.js'

/** One call to a vendor. */
export interface VendorCall {
  readonly origin: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Null asks by GET. */
  readonly body: string | Buffer | null
  /** From now until the last byte of the answer, or the first of one that is streamed. */
  readonly timeoutMs: number
  /** Null unless the answer may be streamed: how long a stream may then say nothing. */
  readonly streamIdleMs: number | null
  /** A larger answer is broken off. */
  readonly maxBytes: number
  /** What an answer takes memory from that is held whole; null where `maxBytes` is bound enough. */
  readonly memory: AnswerMemory | null
  /** Aborts when the answer is no longer wanted. */
  readonly signal: AbortSignal
}

/** How a call ended. */
export type VendorResult =
  | {
      readonly kind: 'answered'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly body: Buffer
    }
  /** It has begun to arrive as a stream of events. Whoever gets it reads it to its end, or destroys it. */
  | {
      readonly kind: 'streaming'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly stream: Readable
    }
  /** Not a byte of it was sent. */
  | { readonly kind: 'unreached'; readonly reason: string }
  /** The vendor may have carried it out. `received` is what had come of the answer. */
  | { readonly kind: 'broken'; readonly reason: string; readonly received: Buffer }
  /** The vendor has carried it out, but there is no memory for its answer. `received` is what had come of it. */
  | { readonly kind: 'noRoom'; readonly received: Buffer }
  /** The answer was no longer wanted. */
  | { readonly kind: 'aborted'; readonly wasSent: boolean; readonly received: Buffer }

/** Calls vendors: once for each call, over connections that are kept. */
export interface VendorClient {
  /** Never rejects. */
  call(call: VendorCall): Promise<VendorResult>
  /** Breaks what is in flight. */
  close(): Promise<void>
}

const connectTimeoutMs = 5_000
const idleConnectionMs = 30_000
const connectionsPerVendor = 1_024

/** A client without retries, redirects or SDKs: what it is told to send is sent once at most. */
export function createVendorClient(): VendorClient {
  const agent = new Agent({
    connections: connectionsPerVendor,
    connect: { timeout: connectTimeoutMs },
    // A vendor's own `keep-alive: timeout=` wins where it is shorter.
    keepAliveTimeout: idleConnectionMs,
    // The call's own time limit holds.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    call: call => callOnce(agent, call),
    close: () => agent.destroy(),
  }
}

function callOnce(agent: Agent, call: VendorCall): Promise<VendorResult> {
  return new Promise(resolve => {
    const { signal, timeoutMs } = call
    const answer = new ReceivedAnswer(call, result => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      resolve(result)
    })
    const abort = (): void => answer.abort()
    const timer = setTimeout(() => answer.expire(), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    const options: Dispatcher.DispatchOptions = {
      origin: call.origin,
      path: call.path,
      method: call.body === null ? 'GET' : 'POST',
      headers: call.headers,
      body: call.body,
    }
    agent.dispatch(options, answer)
  })
}
