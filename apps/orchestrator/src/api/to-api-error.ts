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

/** Errors before a connection is established. */
const notConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Errors of a connection that the API has closed. */
const broken: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** Converts an error. Anything but an answer of the API, and internal errors, count as unavailable. */
export function toApiError(error: unknown): ApiError {
  const answered = answeredSchema.safeParse(error)
  const code = (answered.success ? codes[answered.data.data.code] : undefined) ?? 'UNAVAILABLE'
  const quotaCode = answered.success ? answered.data.data.quotaCode : null
  const message = error instanceof Error ? error.message : String(error)
  const mayHaveArrived = code === 'UNAVAILABLE' && !notConnected.has(faultOf(error))
  return new ApiError({ code, message, quotaCode, mayHaveArrived, cause: error })
}

/** Whether a connection broke during the request, so that a retry on a new one may succeed. */
export function isBrokenConnection(error: unknown): boolean {
  return broken.has(faultOf(error))
}

function faultOf(error: unknown): unknown {
  const cause = error instanceof TRPCClientError ? error.cause : error
  return cause instanceof Error && 'code' in cause ? cause.code : null
}
