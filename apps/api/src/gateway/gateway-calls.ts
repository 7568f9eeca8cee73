import { TRPCError } from '@trpc/server'
import type { Log } from '../log.js'

/** Where the gateway is. */
export interface GatewayPlace {
  /** As this server reaches it, without a final slash. */
  readonly url: string
  /** As people and programs reach it, without a final slash. */
  readonly publicUrl: string
  /** That of the gateway; null for none. */
  readonly token: string | null
}

/** An answer of the gateway. */
export interface GatewayAnswer {
  readonly httpStatus: number
  /** Undefined for other texts than JSON. */
  readonly body: unknown
  /** The id of its trace; null where the gateway sends none. */
  readonly requestId: string | null
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Longest answer that is read: a list of some thousand models. */
const maxAnswerBytes = 4_194_304
/** Most requests at once: those of a few people at the dashboard. */
const maxConcurrent = 16

/**
 * Calls the gateway for the dashboard, whose browser may not: its policy allows requests to its own server alone, and the
 * gateway refuses those of pages.
 */
export class GatewayCalls {
  readonly place: GatewayPlace
  readonly #log: Log
  #callCount = 0

  constructor(place: GatewayPlace, log: Log) {
    this.place = place
    this.#log = log
  }

  /**
   * @throws TRPCError BAD_GATEWAY with the remedy if the gateway does not answer, or not to this server;
   *   TOO_MANY_REQUESTS beyond 16 concurrent ones
   */
  async ask({ method, path, body, timeoutMs, signal }: Asked): Promise<GatewayAnswer> {
    const { url, token } = this.place
    if (this.#callCount >= maxConcurrent)
      throw new TRPCError({
        code: 'TOO_MANY_REQUESTS',
        message: `${maxConcurrent} requests to the gateway are running: try again when one has ended`,
      })
    this.#callCount++
    try {
      const timeout = AbortSignal.timeout(timeoutMs)
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      const answer = {
        httpStatus: response.status,
        body: jsonIn(await textOf(response)),
        requestId: response.headers.get('x-quotakeeper-request-id'),
      }
      if (answer.httpStatus === 401) throw badGateway(refusedText(token))
      if (answer.httpStatus === 421)
        throw badGateway(
          `the gateway at ${url} does not know this name: add it to QUOTA_GATEWAY_ALLOWED_HOSTS`,
        )
      return answer
    } catch (cause) {
      if (cause instanceof TRPCError) throw cause
      // An error with a cause is taken for an internal one.
      if (signal?.aborted !== true) this.#log.warn({ err: cause, url }, 'the gateway does not answer')
      throw badGateway(
        `the gateway does not answer at ${url}: start it, or set QUOTA_GATEWAY_URL for the API`,
      )
    } finally {
      this.#callCount--
    }
  }
}

function refusedText(token: string | null): string {
  return token === null
    ? 'the gateway needs a token: set QUOTA_GATEWAY_TOKEN for the API too'
    : 'the gateway does not accept the token of the API: set QUOTA_GATEWAY_TOKEN for both to the same'
}

function badGateway(message: string): TRPCError {
  return new TRPCError({ code: 'BAD_GATEWAY', message })
}

/** @throws Error if it is too long */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let byteCount = 0
  for await (const piece of response.body ?? []) {
    byteCount += piece.byteLength
    if (byteCount > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`)
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
