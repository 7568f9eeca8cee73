import { TRPCClientError } from '@trpc/client'
import { type ExitCode, exitCodes, Failure } from '../failure.js'
import { harmless } from '../terminal/text-width.js'

/** What the API says of what is wrong: its code, and for people one line. */
interface Answered {
  readonly code: string
  readonly message: string
}

const remedies: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set QUOTA_API_TOKEN (to use) or QUOTA_ADMIN_TOKEN (to change), or give --token-file',
  FORBIDDEN: 'set QUOTA_ADMIN_TOKEN, or give --token-file with the admin token in it',
}

const codesOfExit: Readonly<Record<string, ExitCode>> = {
  BAD_REQUEST: exitCodes.usage,
  SERVICE_UNAVAILABLE: exitCodes.unreachable,
}

/** The failure that a fault of a question to the API at `url` is. What is a failure already stays one. */
export function toFailure(error: unknown, url: string): unknown {
  if (!(error instanceof TRPCClientError)) return error
  const answered = answerIn(error)
  if (answered === null) return unreachable(url, error)
  return refusal(answered, error)
}

/** The failure that a refusal of the API's is. */
export function refusal({ code, message }: Answered, cause?: unknown): Failure {
  const remedy = remedies[code]
  const line = harmless(message)
  return new Failure(
    remedy === undefined ? line : `${line}: ${remedy}`,
    codesOfExit[code] ?? exitCodes.failed,
    {
      cause,
    },
  )
}

/** The failure of an API that is not there, or is something else. */
export function unreachable(url: string, cause: unknown): Failure {
  return new Failure(
    `the API does not answer at ${url} (${reasonOf(cause)}): start it by "quotakeeper start", or say where it is by --api-url or QUOTA_API_URL`,
    exitCodes.unreachable,
    { cause },
  )
}

function answerIn(error: TRPCClientError<never>): Answered | null {
  const data: unknown = error.data
  if (typeof data !== 'object' || data === null || !('code' in data)) return null
  return { code: String(data.code), message: error.message }
}

/** The innermost reason: `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  let reason = error
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause !== undefined; depth += 1) {
    reason = reason.cause
  }
  if (!(reason instanceof Error)) return harmless(String(reason))
  if ('code' in reason && typeof reason.code === 'string') return reason.code
  return reason instanceof SyntaxError
    ? 'its answer is not that of a Quotakeeper API'
    : harmless(reason.message)
}
