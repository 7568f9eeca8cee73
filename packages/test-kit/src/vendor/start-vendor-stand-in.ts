import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createCallLog } from './call-log.js'
import { embeddingsBody } from './chat-completion.js'
import type { PlainAnswer, Reaction, VendorCall } from './reaction.js'
import { readCall } from './read-call.js'
import { sendReaction } from './send-reaction.js'
import { createStandInLimiter, type StandInLimit } from './stand-in-limits.js'
import { invalidApiKey, modelNotFound, serverError } from './vendor-refusals.js'

const defaultTimeoutMs = 120_000

/** Decides the reaction to a call; undefined for the default. A promise holds the call until it settles. */
export type Respond = (call: VendorCall) => Reaction | undefined | Promise<Reaction | undefined>

/** What the stand-in accepts and how it answers. */
export interface VendorStandInOptions {
  /** Accepted keys; others get 401. Absent: any bearer token is accepted, and none gets 401. */
  readonly apiKeys?: readonly string[]
  /** Known models; others get 404. Absent: any model. */
  readonly models?: readonly string[]
  /** Limits; beyond these 429 as sent by Groq. */
  readonly limits?: readonly StandInLimit[]
  /** Called for every call that passes key, model and limits. Default: a completion. */
  readonly respond?: Respond
}

/** A vendor on a port of 127.0.0.1. */
export interface VendorStandIn extends AsyncDisposable {
  /** Base URL with `/v1`, as used by OpenAI's clients. */
  readonly baseUrl: string
  /** Every call that arrived, including refused ones, in order of arrival; live. */
  readonly calls: readonly VendorCall[]
  /** Replaces `respond` for later calls; null restores the default. */
  respondWith(respond: Respond | null): void
  /** Resolves when the condition holds for the calls. @throws Error after `timeoutMs` (10 s) */
  until(condition: (calls: readonly VendorCall[]) => boolean, timeoutMs?: number): Promise<void>
  /** Breaks all connections and frees the port. */
  close(): Promise<void>
}

/**
 * Starts a vendor that speaks OpenAI's API over real HTTP: `POST /v1/chat/completions` (whole and streamed),
 * `POST /v1/embeddings`, `GET /v1/models`.
 */
export async function startVendorStandIn(options: VendorStandInOptions = {}): Promise<VendorStandIn> {
  const log = createCallLog()
  const limiter = createStandInLimiter(options.limits ?? [])
  let respond: Respond | null = options.respond ?? null

  const react = async (
    call: VendorCall,
  ): Promise<{ reaction: Reaction; headers: Record<string, string> }> => {
    const refusal = refuse(call, options)
    if (refusal !== null) return { reaction: refusal, headers: {} }
    if (call.path === '/v1/models') return { reaction: modelList(options.models ?? []), headers: {} }
    const admission = limiter.admit(call)
    if ('refusal' in admission) return { reaction: admission.refusal, headers: {} }
    const reaction = (await respond?.(call)) ?? defaultReaction(call)
    return { reaction, headers: { ...admission.headers } }
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = log.add(await readCall(request))
    const end = (ending: 'answered' | 'cut' | 'clientLeft'): void =>
      log.end(call, { ending, httpStatus: response.headersSent ? response.statusCode : null })
    response.once('finish', () => end('answered'))
    response.once('close', () => end('clientLeft'))
    const cut = (): void => {
      end('cut')
      response.destroy()
    }
    await sendReaction({ response, call, cut, ...(await react(call)) })
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A bug in the test's `respond` or body: shown to the client.
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(`The stand-in failed: ${error}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port')

  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    calls: log.calls,
    respondWith: next => {
      respond = next
    },
    until: (condition, timeoutMs = defaultTimeoutMs) => log.until(condition, timeoutMs),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const endpoints = ['POST /v1/chat/completions', 'POST /v1/embeddings', 'GET /v1/models']

function refuse(call: VendorCall, options: VendorStandInOptions): PlainAnswer | null {
  const endpoint = `${call.method} ${call.path}`
  if (!endpoints.includes(endpoint)) {
    const error = {
      message: `Unknown request URL: ${endpoint}`,
      type: 'invalid_request_error',
      code: 'unknown_url',
    }
    return { kind: 'answer', httpStatus: 404, body: { error } }
  }
  if (call.apiKey === null || options.apiKeys?.includes(call.apiKey) === false) return invalidApiKey()
  if (call.path !== '/v1/models' && options.models?.includes(call.model ?? '') === false) {
    return modelNotFound(call.model ?? '')
  }
  return null
}

function defaultReaction(call: VendorCall): Reaction {
  if (call.path === '/v1/chat/completions') return { kind: 'complete' }
  return call.path === '/v1/embeddings'
    ? { kind: 'answer', httpStatus: 200, body: embeddingsBody(call) }
    : serverError()
}

function modelList(models: readonly string[]): PlainAnswer {
  const data = models.map(id => ({ id, object: 'model', created: 0, owned_by: 'stand-in' }))
  return { kind: 'answer', httpStatus: 200, body: { object: 'list', data } }
}
