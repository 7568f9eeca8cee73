import { TRPCClientError } from '@trpc/client'
import { z } from 'zod'
import { ApiError, type ApiErrorCode } from './api-error.js'

const codes: Readonly<Record<string, ApiErrorCode>> = {
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'UNAUTHORIZED',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  BAD_REQUEST: 'REFUSED',
  UNPROCESSABLE_CONTENT: 'REFUSED',
  PAYLOAD_TOO_LARGE: 'REFUSED',
}

const answeredSchema = z.object({
  data: z.object({ code: z.string(), quotaCode: z.string().nullable().catch(null) }),
})

/** Faults of a connection before there is one. */
const notConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Faults of a connection that the API had closed meanwhile. */
const broken: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** Names what went wrong. What is no answer of the API's, or a fault of its own, counts as its being down. */
export function toApiError(error: unknown): ApiError {
  const answered = answeredSchema.safeParse(error)
  const code = (answered.success ? codes[answered.data.data.code] : undefined) ?? 'UNAVAILABLE'
  const quotaCode = answered.success ? answered.data.data.quotaCode : null
  const message = error instanceof Error ? error.message : String(error)
  const mayHaveArrived = code === 'UNAVAILABLE' && !notConnected.has(faultOf(error))
  return new ApiError({ code, message, quotaCode, mayHaveArrived, cause: error })
}

/** Whether a connection broke under the question: a new one may serve at once. */
export function isBrokenConnection(error: unknown): boolean {
  return broken.has(faultOf(error))
}

function faultOf(error: unknown): unknown {
  const cause = error instanceof TRPCClientError ? error.cause : error
  return cause instanceof Error && 'code' in cause ? cause.code : null
}
