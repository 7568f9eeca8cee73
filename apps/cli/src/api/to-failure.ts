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
  UNKNOWN_POOL:
    '"quotakeeper pools list" lists the existing ones; "quotakeeper pools set" or quotakeeper.config.yaml adds one',
}

const withToken = 'set QUOTA_API_TOKEN (to use) or QUOTA_ADMIN_TOKEN (to change), or give --token-file'
const withAdminToken = 'set it, or give --token-file with that token in it'

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
  const remedy = remedyOf(code, message)
  const line = stripControls(inOwnWords(message, quotaCode))
  return new Failure(remedy === null ? line : `${line}: ${remedy}`, codesOfExit[code] ?? exitCodes.failed, {
    cause,
  })
}

/**
 * The remedy for a lack of access. The admin token is named only where the API asks for it: a tenant whose own token is
 * refused is not to ask for that one, and those messages say what is needed.
 */
function remedyOf(code: string, message: string): string | null {
  if (code === 'UNAUTHORIZED') return withToken
  return code === 'FORBIDDEN' && message.includes('QUOTA_ADMIN_TOKEN') ? withAdminToken : null
}

/** Replaces the API's remedy by that of this command line. Older APIs name procedures in theirs. */
function inOwnWords(message: string, quotaCode: string | null): string {
  const remedy = quotaCode === null ? undefined : remediesByQuotaCode[quotaCode]
  if (remedy === undefined) return message
  return `${message.replace(/; [^;"]*$/, '')}: ${remedy}`
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
