import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalidRequest } from '../../endpoints/openai-error.js'
import { overloaded } from '../../routing/refusal.js'
import type { RouteDeps } from '../../routing/route-deps.js'
import { sendError, sendRefusal } from '../send-error.js'
import { takenEncodings } from './body-encodings.js'
import type { MemoryBudget, MemoryShare } from './memory-budget.js'
import { type NotTaken, readBody } from './read-body.js'

/** What bodies may take. */
export interface BodyBounds {
  /** The largest body, decoded. */
  readonly maxBytes: number
  /** For all calls in flight. */
  readonly budget: MemoryBudget
}

/** In place of a body, so that it is answered as any other request is, its connection left open. */
class NotTakenBody {
  readonly why: NotTaken['kind']

  constructor(why: NotTaken['kind']) {
    this.why = why
  }
}

/**
 * Takes bodies of JSON as text and others as bytes, since they go on to the vendor as they came, and holds what they take in memory
 * until their call has ended. What is not taken is answered while the rest of it is read for nobody: a client
 * whose connection breaks while it is sending never sees why.
 */
export function takeBodies(
  app: FastifyInstance,
  bounds: BodyBounds & { readonly contentTypes: readonly string[] },
  world: RouteDeps,
): void {
  const { maxBytes, budget } = bounds
  app.removeAllContentTypeParsers()
  const shares = new WeakMap<IncomingMessage, MemoryShare>()
  // Before the body is read there is the answer already, whose end is the call's, however it comes.
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.method !== 'POST') return
    const share = budget.open()
    shares.set(raw, share)
    reply.raw.once('close', () => share.close())
  })
  app.addContentTypeParser(
    [...new Set(['application/json', ...bounds.contentTypes])],
    async ({ headers, raw }: FastifyRequest, payload: IncomingMessage) => {
      const share = shares.get(raw) ?? budget.open()
      try {
        const isText = isJson(headers)
        const body = await readBody({ payload, headers, isText, maxBytes, budget, share })
        if (body.kind === 'text') return body.text
        return body.kind === 'bytes' ? body.bytes : new NotTakenBody(body.kind)
      } catch (cause) {
        // Nobody reads the answer.
        throw Object.assign(new Error('the client has gone', { cause }), { statusCode: 400 })
      }
    },
  )
  app.addHook('preValidation', async ({ body }, reply) => {
    if (body instanceof NotTakenBody) return sendNotTaken(reply, body.why, bounds, world)
  })
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return /^\s*application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')
}

interface Explained {
  readonly httpStatus: number
  readonly code: string
  readonly message: string
}

function sendNotTaken(
  reply: FastifyReply,
  why: NotTaken['kind'],
  { maxBytes, budget }: BodyBounds,
  world: RouteDeps,
): FastifyReply {
  if (why === 'noRoom') return sendRefusal(reply, overloaded(world.clock(), noRoom), world)
  // What may be sent instead: RFC 9110, 15.5.16.
  if (why === 'unknownEncoding') reply.header('accept-encoding', takenEncodings)
  const { httpStatus, code, message } = explain(why, maxBytes, budget.totalBytes)
  return sendError(reply, httpStatus, invalidRequest(message, null, code))
}

const noRoom = 'Calls under way take all the memory that QUOTA_GATEWAY_MEMORY_BYTES gives them.'

function explain(why: Exclude<NotTaken['kind'], 'noRoom'>, maxBytes: number, totalBytes: number): Explained {
  switch (why) {
    case 'tooLarge':
      return {
        httpStatus: 413,
        code: 'body_too_large',
        message: `The body is larger than ${maxBytes} bytes, the most that this gateway takes; QUOTA_GATEWAY_MAX_BODY_BYTES may allow more.`,
      }
    case 'tooHeavy':
      return {
        httpStatus: 413,
        code: 'body_too_large',
        message: `The body takes more memory than the ${totalBytes} bytes that this gateway has for all calls; QUOTA_GATEWAY_MEMORY_BYTES may allow more.`,
      }
    case 'unknownEncoding':
      return {
        httpStatus: 415,
        code: 'unsupported_content_encoding',
        message: `The body's "Content-Encoding" is not taken: send it as it is, or as one of ${takenEncodings}.`,
      }
    case 'undecodable':
      return {
        httpStatus: 400,
        code: 'invalid_content_encoding',
        message: 'The body is not what its "Content-Encoding" says.',
      }
  }
}
