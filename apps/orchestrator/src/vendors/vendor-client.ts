import { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { StoredBody } from '../endpoints/form-body.js'
import type { AnswerMemory } from './answer-memory.js'
import { ReceivedAnswer } from './received-answer.js'
import type { VendorResult } from './vendor-result.js'

/** One call to a vendor. */
export interface VendorCall {
  readonly origin: string
  /** Path with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** If left out, POST with a body and GET without one. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Null for none. */
  readonly body: string | Buffer | StoredBody | null
  /** Timeout until the last byte of the answer, or the first of a streamed one. */
  readonly timeoutMs: number
  /** Null: waits for the first header as long as for the answer. */
  readonly patience: HeaderPatience | null
  /** Longest silence of a stream; null unless the answer may be streamed. */
  readonly streamIdleMs: number | null
  /** Larger answers are aborted. */
  readonly maxBytes: number
  /** Memory for a buffered answer; null if `maxBytes` suffices as bound. */
  readonly memory: AnswerMemory | null
  /** Aborts when the answer is no longer needed. */
  readonly signal: AbortSignal
}

/** How long to wait for the first header of an answer. */
export interface HeaderPatience {
  readonly ms: number
  /** Asked once if none has come by then: whether to give the call up. Never rejects. */
  mayGiveUp(): Promise<boolean>
}

/** Calls vendors over keep-alive connections, exactly one request per call. */
export interface VendorClient {
  /** Never rejects. */
  call(call: VendorCall): Promise<VendorResult>
  /** Aborts calls in flight. */
  close(): Promise<void>
}

const connectTimeoutMs = 5_000
const idleConnectionMs = 30_000
const connectionsPerVendor = 1_024

/** Creates a client without retries, redirects or SDKs: each call is sent at most once. */
export function createVendorClient(): VendorClient {
  const agent = new Agent({
    connections: connectionsPerVendor,
    connect: { timeout: connectTimeoutMs },
    // A shorter `keep-alive: timeout=` of the vendor takes precedence.
    keepAliveTimeout: idleConnectionMs,
    // The call's own timeout applies.
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
    const { signal, timeoutMs, patience } = call
    const answer = new ReceivedAnswer(call, result => {
      clearTimeout(timer)
      clearTimeout(patienceTimer)
      signal.removeEventListener('abort', abort)
      resolve(result)
    })
    const abort = (): void => answer.abort()
    const timer = setTimeout(() => answer.expire(), timeoutMs)
    const patienceTimer = patience === null ? undefined : setTimeout(() => giveUp(patience), patience.ms)
    const giveUp = async ({ mayGiveUp, ms }: HeaderPatience): Promise<void> => {
      if (answer.isSilent && (await mayGiveUp())) answer.giveUp(ms)
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    const options: Dispatcher.DispatchOptions = {
      origin: call.origin,
      path: call.path,
      method: call.method ?? (call.body === null ? 'GET' : 'POST'),
      ...contentOf(call),
    }
    agent.dispatch(options, answer)
  })
}

/** A stored body is read while it is sent, with its length declared. */
function contentOf({ headers, body }: VendorCall): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
  if (body === null || typeof body === 'string' || Buffer.isBuffer(body)) return { headers, body }
  const sent = Readable.from(body.read(), { objectMode: false })
  // Destroyed with the call; later errors are ignored.
  sent.on('error', () => undefined)
  return { headers: { ...headers, 'content-length': String(body.sizeBytes) }, body: sent }
}
