import type { IncomingMessage } from 'node:http'
import type { VendorCall } from './reaction.js'

const maxBodyBytes = 64_000_000

/** The parts of a call set by its client. */
export type ArrivedCall = Omit<VendorCall, 'index' | 'endedAtMs' | 'httpStatus' | 'ending'>

/**
 * Reads a request to its end.
 *
 * @throws Error if its body is not a JSON object or exceeds 64 MB
 */
export async function readCall(request: IncomingMessage): Promise<ArrivedCall> {
  const startedAtMs = Date.now()
  const body = await readBody(request)
  const model = body['model']
  const authorization = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')
  const apiKey = request.headers['api-key']
  return {
    method: request.method ?? '',
    path: new URL(request.url ?? '/', 'http://stand-in').pathname,
    headers: request.headers,
    apiKey: authorization?.[1] ?? (typeof apiKey === 'string' ? apiKey : null),
    model: typeof model === 'string' ? model : null,
    body,
    startedAtMs,
  }
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += chunk
    if (text.length > maxBodyBytes) throw new Error('The body is too large')
  }
  if (text === '') return {}
  const parsed: unknown = JSON.parse(text)
  if (!isObject(parsed)) throw new Error('The body is not a JSON object')
  return parsed
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
