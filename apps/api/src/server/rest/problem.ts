import { QuotaError } from '@quotakeeper/quota-core'
import { challenge } from '@quotakeeper/server-kit'
import type { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { neutralMessage, retryHeaders } from '../../router/to-trpc-error.js'

/** A problem by RFC 9457, with extension members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly [extension: string]: unknown
}

/** A problem and its headers. */
export interface ProblemResponse {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
}

export const problemMediaType = 'application/problem+json'

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

/** A problem without a type of its own. */
export function plainProblem(status: number, detail: string, extensions: object = {}): Problem {
  return { type: 'about:blank', title: titles[status] ?? 'Error', status, detail, ...extensions }
}

/** The problem of a procedure's error; equivalent to the tRPC error. */
export function problemOfError(error: TRPCError, configFile: string | null): ProblemResponse {
  const { cause } = error
  const status = getHTTPStatusCodeFromError(error)
  const detail = status === 500 ? neutralMessage : error.message
  const extensions =
    cause instanceof QuotaError
      ? {
          code: cause.code,
          ...(cause.field === null || cause.field === '' ? {} : { field: cause.field }),
          ...(cause.code === 'MANAGED_BY_FILE' ? { configFile } : {}),
        }
      : {}
  const challenged = status === 401 ? { 'www-authenticate': challenge } : {}
  return {
    problem: plainProblem(status, detail, extensions),
    headers: { ...challenged, ...retryHeaders(error) },
  }
}
