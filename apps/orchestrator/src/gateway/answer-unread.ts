import type { Socket } from 'node:net'
import { uuidV7 } from '@quotakeeper/quota-core/rules'
import type { FastifyServerOptions } from 'fastify'
import { invalidRequest } from '../endpoints/openai-error.js'
import { requestIdHeaders } from './request-id.js'
import { sendError } from './send-error.js'

type Unread = Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'>

/** Answers invalid HTTP requests, in OpenAI's error format and with an id. */
export function answerUnread(clock: () => number): Unread {
  return {
    frameworkErrors: (error, request, reply) => {
      reply.headers(requestIdHeaders(request.id))
      sendError(reply, error.statusCode ?? 400, invalidRequest(error.message, null, 'invalid_request'))
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return
      answer(socket, faultOf(error.code), uuidV7(clock()))
      socket.destroy()
    },
  }
}

interface Fault {
  readonly status: string
  readonly message: string
}

function faultOf(code: string | undefined): Fault {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        message: 'The request’s headers are too large.',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: '408 Request Timeout', message: 'The request did not arrive in time.' }
    default:
      return { status: '400 Bad Request', message: 'Not a valid HTTP/1.1 request.' }
  }
}

function answer(socket: Socket, { status, message }: Fault, requestId: string): void {
  if (!socket.writable) return
  const body = JSON.stringify({ error: invalidRequest(message, null, 'invalid_request') })
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...requestIdHeaders(requestId),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`)
}
