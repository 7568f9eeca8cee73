import { TRPCClientError } from '@trpc/client'
import { type ExitCode, exitCodes, Failure } from '../failure.js'
import { stripControls } from '../terminal/text-width.js'

/** An error of the API: its code and a one-line message. */
interface Answered {
  readonly code: string
  readonly message: string
  /** Error code; null for none. */
  readonly quotaCode: string | null
}

/** Remedies in terms of this command line instead of the API's procedures. */
const remediesByQuotaCode: Readonly<Record<string, string>> = {
  UNKNOWN_PROVIDER:
    '"quotakeeper providers list" lists the existing ones; "quotakeeper providers add" or quotakeeper.config.yaml adds one',
  UNKNOWN_CONSUMER:
    '"quotakeeper consumers list" lists the existing ones, and "quotakeeper consumers set" adds one',
  UNKNOWN_PLAN: '"quotakeeper plans list" lists the existing ones, and "quotakeeper plans set" adds one',
  UNKNOWN_POOL: 'add it to the pools of quotakeeper.config.yaml',
}

const remedies: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set QUOTA_API_TOKEN (to use) or QUOTA_ADMIN_TOKEN (to change), or give --token-file',
  FORBIDDEN: 'set QUOTA_ADMIN_TOKEN, or give --token-file with the admin token in it',
}

const codesOfExit: Readonly<Record<string, ExitCode>> = {
  BAD_REQUEST: exitCodes.usage,
  SERVICE_UNAVAILABLE: exitCodes.unreachable,
}

/** Converts an error of a request to the API at `url` to a failure. Failures are returned unchanged. */
export function toFailure(error: unknown, url: string): unknown {
  if (!(error instanceof TRPCClientError)) return error
  const answered = answerIn(error)
  if (answered === null) return unreachable(url, error)
  return refusal(answered, error)
}

/** The code of an error of the API, such as `UNKNOWN_CONSUMER`; null for other errors. */
export function quotaCodeOf(error: unknown): string | null {
  return error instanceof TRPCClientError ? (answerIn(error)?.quotaCode ?? null) : null
}

/** The failure of a refusal by the API. */
export function refusal({ code, message, quotaCode }: Answered, cause?: unknown): Failure {
  const remedy = remedies[code]
  const line = stripControls(inOwnWords(message, quotaCode))
  return new Failure(
    remedy === undefined ? line : `${line}: ${remedy}`,
    codesOfExit[code] ?? exitCodes.failed,
    {
      cause,
    },
  )
}

/** Removes names of procedures, which are not used on a terminal. */
function inOwnWords(message: string, quotaCode: string | null): string {
  const remedy = quotaCode === null ? undefined : remediesByQuotaCode[quotaCode]
  if (remedy === undefined) return message
  return `${message.replace(/; [^;]*\b[a-z]+\.[a-z]+\b[^;]*$/i, '')}: ${remedy}`
}

/** The failure of an unreachable API, or of another server at its address. */
export function unreachable(url: string, cause: unknown): Failure {
  return new Failure(
    `the API does not answer at ${url} (${reasonOf(cause)}): start it by "quotakeeper start", or set --api-url or QUOTA_API_URL`,
    exitCodes.unreachable,
    { cause },
  )
}

function answerIn(error: TRPCClientError<never>): Answered | null {
  const data: unknown = error.data
  if (typeof data !== 'object' || data === null || !('code' in data)) return null
  const quotaCode = 'quotaCode' in data && typeof data.quotaCode === 'string' ? data.quotaCode : null
  return { code: String(data.code), message: error.message, quotaCode }
}

/** The innermost cause: `fetch failed` explains nothing. */
function reasonOf(error: unknown): string {
  let reason = error
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause !== undefined; depth += 1) {
    reason = reason.cause
  }
  if (!(reason instanceof Error)) return stripControls(String(reason))
  if ('code' in reason && typeof reason.code === 'string') return reason.code
  return reason instanceof SyntaxError
    ? 'its answer is not from a Quotakeeper API'
    : stripControls(reason.message)
}
