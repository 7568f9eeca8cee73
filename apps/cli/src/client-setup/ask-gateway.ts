import { authorization } from '../api/connect.js'
import { exitCodes, Failure } from '../failure.js'
import { tokenIn } from '../input/token.js'
import type { Session } from '../session.js'
import { tokenVariable } from './client-setup.js'

/** What the gateway answers about itself. */
export interface GatewayAnswer {
  readonly needsToken: boolean
  /** Names that can be called, in the gateway's order. */
  readonly served: readonly string[]
}

/** The gateway waits less than a second for vendors' lists. */
const timeoutMs = 10_000

/**
 * Asks the gateway for its models: without a token first, so that it is known whether clients need one.
 * @throws Failure where it does not answer, refuses, or is another server
 */
export async function askGateway({ environment, signal }: Session, url: string): Promise<GatewayAnswer> {
  const open = await askModels(url, { token: null, signal })
  if (open.status !== 401) return { needsToken: false, served: namesIn(open, url) }
  const token = environment[tokenVariable] || null
  if (token === null)
    throw new Failure(
      `the gateway at ${url} needs a token: set ${tokenVariable}, in the environment or .env`,
      exitCodes.failed,
    )
  const answer = await askModels(url, { token: tokenIn(token, tokenVariable), signal })
  if (answer.status === 401 || answer.status === 403)
    throw new Failure(
      `the gateway at ${url} refuses the token of ${tokenVariable}: correct it`,
      exitCodes.failed,
    )
  return { needsToken: true, served: namesIn(answer, url) }
}

interface Answer {
  readonly status: number
  /** Null where it is no JSON. */
  readonly body: unknown
}

async function askModels(
  url: string,
  { token, signal }: { readonly token: string | null; readonly signal: AbortSignal },
): Promise<Answer> {
  try {
    const response = await fetch(`${url}/v1/models`, {
      headers: authorization(token),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    return { status: response.status, body: await response.json().catch(() => null) }
  } catch (cause) {
    const line = `the gateway does not answer at ${url}: start it by "quotakeeper start", or set --gateway-url`
    throw new Failure(line, exitCodes.unreachable, { cause })
  }
}

function namesIn({ status, body }: Answer, url: string): readonly string[] {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : null
  if (status !== 200 || !Array.isArray(data))
    throw new Failure(
      `${url} answers ${status} and no list of models: is it the gateway? Set --gateway-url`,
      exitCodes.failed,
    )
  return data.flatMap((model: unknown) => {
    const id = typeof model === 'object' && model !== null && 'id' in model ? model.id : null
    return typeof id === 'string' && id !== '' ? [id] : []
  })
}
