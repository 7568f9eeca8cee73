import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FormBody } from '../../endpoints/form-body.js'
import type { GatewayCode } from '../../endpoints/gateway-code.js'
import { invalidRequest } from '../../endpoints/openai-error.js'
import { overloaded } from '../../routing/refusal.js'
import type { RouteDeps } from '../../routing/route-deps.js'
import { callerOfRequest } from '../caller-of-request.js'
import { sendError, sendRefusal, wrongContentType } from '../send-error.js'
import { takenEncodings } from './body-encodings.js'
import type { MemoryBudget, MemoryShare } from './memory-budget.js'
import { type NotTaken, readBody } from './read-body.js'
import { readFormBody } from './read-form-body.js'
import type { Spool, SpooledFile } from './spool.js'

/** What bodies may take. */
export interface BodyBounds {
  /** The largest body, decoded. */
  readonly maxBytes: number
  /** For all calls in flight. */
  readonly budget: MemoryBudget
  /** The largest form with files. */
  readonly maxFormBytes: number
  /** Where forms are kept while their calls are in flight. */
  readonly spool: Spool
}

/** In place of a body, so that it is answered as any other request is, its connection left open. */
class NotTakenBody {
  readonly why: NotTaken['kind']

  constructor(why: NotTaken['kind']) {
    this.why = why
  }
}

/**
 * Takes bodies of JSON as text, forms as files and others as bytes, since they go on to the vendor as they came, and holds
 * what they take until their call has ended. What is not taken is answered while the rest of it is read for nobody: a client
 * whose connection breaks while it is sending never sees why.
 */
export function takeBodies(
  app: FastifyInstance,
  bounds: BodyBounds & { readonly contentTypes: readonly string[] },
  deps: RouteDeps,
): void {
  const { maxBytes, budget, maxFormBytes, spool } = bounds
  app.removeAllContentTypeParsers()
  const shares = new WeakMap<IncomingMessage, MemoryShare>()
  const files = new WeakMap<IncomingMessage, SpooledFile>()
  // Before the body is read there is the answer already, whose end is the call's, however it comes. At any path and with
  // any method: bodies are read also where none is expected.
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request
    const share = budget.open(callerOfRequest(request))
    shares.set(raw, share)
    reply.raw.once('close', () => {
      share.close()
      files.get(raw)?.close()
    })
  })
  const takeForm = async (
    request: FastifyRequest,
    payload: IncomingMessage,
    countsAudio: boolean,
  ): Promise<FormBody | NotTakenBody> => {
    const { headers, raw } = request
    const caller = callerOfRequest(request)
    const file = spool.open(shares.get(raw) ?? budget.open(caller), caller)
    files.set(raw, file)
    try {
      const read = await readFormBody({ payload, headers, maxBytes: maxFormBytes, file, countsAudio })
      return read.kind === 'form' ? read.form : new NotTakenBody(read.kind)
    } catch (cause) {
      file.close()
      throw Object.assign(new Error('the client has gone', { cause }), { statusCode: 400 })
    }
  }
  app.addContentTypeParser(
    [...new Set(['application/json', ...bounds.contentTypes])],
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const { headers, raw, routeOptions } = request
      const { isStoredForm = false, countsAudio = false } = routeOptions.config?.endpoint ?? {}
      if (isStoredForm) return await takeForm(request, payload, countsAudio)
      const share = shares.get(raw) ?? budget.open(callerOfRequest(request))
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
    if (body instanceof NotTakenBody) return sendNotTaken(reply, body.why, bounds, deps)
  })
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return /^\s*application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')
}

interface Explained {
  readonly httpStatus: number
  readonly code: GatewayCode
  readonly message: string
}

function sendNotTaken(
  reply: FastifyReply,
  why: NotTaken['kind'],
  bounds: BodyBounds,
  deps: RouteDeps,
): FastifyReply {
  const { endpoint } = reply.request.routeOptions.config ?? {}
  const isForm = endpoint?.isStoredForm === true
  // Bytes for an endpoint that takes no JSON are of a wrong type, whatever their encoding.
  if (why === 'notUtf8' && endpoint !== undefined && endpoint.contentType !== 'application/json')
    return sendError(reply, 415, wrongContentType(endpoint.contentType))
  if (why === 'noRoom') return sendRefusal(reply, overloaded(deps.clock(), noRoom), deps)
  if (why === 'noDisk') return sendRefusal(reply, overloaded(deps.clock(), noDisk), deps)
  // What may be sent instead: RFC 9110, 15.5.16.
  if (why === 'unknownEncoding') reply.header('accept-encoding', takenEncodings)
  const { httpStatus, code, message } = explain(why, bounds, isForm)
  return sendError(reply, httpStatus, invalidRequest(message, null, code))
}

const noDisk =
  'Files of calls under way take all the room that QUOTA_GATEWAY_SPOOL_BYTES gives them, or the disk has none.'
const noRoom = 'Calls in flight use all the memory that QUOTA_GATEWAY_MEMORY_BYTES allows.'

function explain(
  why: Exclude<NotTaken['kind'], 'noRoom' | 'noDisk'>,
  { maxBytes, budget, maxFormBytes }: BodyBounds,
  isForm: boolean,
): Explained {
  switch (why) {
    case 'tooLarge':
      return {
        httpStatus: 413,
        code: 'body_too_large',
        message: isForm
          ? `The form is larger than ${maxFormBytes} bytes, this gateway’s maximum; raise QUOTA_GATEWAY_MAX_FILE_BYTES to allow more.`
          : `The body is larger than ${maxBytes} bytes, this gateway’s maximum; raise QUOTA_GATEWAY_MAX_BODY_BYTES to allow more.`,
      }
    case 'tooHeavy':
      return {
        httpStatus: 413,
        code: 'body_too_large',
        message: `The body takes more memory than the ${budget.totalBytes} bytes that this gateway has for all calls; raise QUOTA_GATEWAY_MEMORY_BYTES to allow more.`,
      }
    case 'unknownEncoding':
      return {
        httpStatus: 415,
        code: 'unsupported_content_encoding',
        message: `The body's "Content-Encoding" is not supported: send it without, or with one of ${takenEncodings}.`,
      }
    case 'noForm':
      return {
        httpStatus: 400,
        code: 'invalid_form',
        message: 'The body is no whole form: "Content-Type" must name the boundary that ends it.',
      }
    case 'notUtf8':
      return {
        httpStatus: 400,
        code: 'invalid_json',
        message: 'The body is not UTF-8, the only encoding of JSON: send it as UTF-8.',
      }
    case 'undecodable':
      return {
        httpStatus: 400,
        code: 'invalid_content_encoding',
        message: 'The body does not match its "Content-Encoding".',
      }
  }
}
