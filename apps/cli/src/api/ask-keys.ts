import { exitCodes, Failure, usageFailure } from '../failure.js'
import type { Session } from '../session.js'
import { stripControls } from '../terminal/text-width.js'
import { authorization } from './connect.js'

/** A key's check by the gateway; the fields that are shown. */
export interface CheckedKey {
  readonly providerName: string
  readonly vendor: string
  readonly result: string
  readonly remedy: string | null
}

/** Vendors have 15 s each, eight concurrently: enough for some three hundred keys without an answer. */
const timeoutMs = 600_000

/** @throws Failure if the option is not an address */
export function gatewayUrl(
  { environment }: Session,
  { gatewayUrl: given }: { readonly gatewayUrl?: string },
): string {
  const url = given ?? `http://127.0.0.1:${environment['QUOTA_GATEWAY_PORT'] || '4100'}`
  const isUrl = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  if (!isUrl)
    throw usageFailure(`--gateway-url must be an address such as http://127.0.0.1:4100, not "${url}"`)
  return url.replace(/\/+$/, '')
}

/**
 * Makes the gateway check all keys, or one provider's.
 * @throws Failure if the gateway does not answer or refuses
 */
export async function askKeys(
  { environment, signal }: Session,
  providerName: string | undefined,
  url: string,
): Promise<{ readonly keys: readonly CheckedKey[] }> {
  let status: number
  let answer: unknown
  try {
    const response = await fetch(`${url}/v1/keys/check`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...authorization(environment['QUOTA_GATEWAY_TOKEN'] || null),
      },
      body: JSON.stringify({ providerName }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    status = response.status
    answer = await response.json()
  } catch (cause) {
    const line = `the gateway does not answer at ${url}: start it by "quotakeeper start", or set --gateway-url`
    throw new Failure(line, exitCodes.unreachable, { cause })
  }
  if (status === 200 && isAnswer(answer)) return answer
  const remedy = status === 401 ? ': set QUOTA_GATEWAY_TOKEN' : ''
  throw new Failure(`${messageIn(answer) ?? `the gateway answers ${status}`}${remedy}`, exitCodes.failed)
}

/** Whether it has the documented format; another server may answer anything. */
function isAnswer(answer: unknown): answer is { readonly keys: readonly CheckedKey[] } {
  if (typeof answer !== 'object' || answer === null || !('keys' in answer)) return false
  return Array.isArray(answer.keys) && answer.keys.every(isCheckedKey)
}

function isCheckedKey(key: unknown): key is CheckedKey {
  if (typeof key !== 'object' || key === null) return false
  if (!('providerName' in key && 'vendor' in key && 'result' in key && 'remedy' in key)) return false
  const { providerName, vendor, result, remedy } = key
  const areTexts = [providerName, vendor, result].every(text => typeof text === 'string')
  return areTexts && (remedy === null || typeof remedy === 'string')
}

/** The message of an error in OpenAI's format; null for none. */
function messageIn(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null
  const { error } = answer
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error
  return hasMessage ? stripControls(String(error.message)) : null
}
