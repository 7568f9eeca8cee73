import { Agent, type Dispatcher } from 'undici'
import type { AnswerMemory } from './answer-memory.js'
import { ReceivedAnswer } from './received-answer.js'
import type { VendorResult } from './vendor-result.js'

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
