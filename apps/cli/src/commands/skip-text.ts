/** A reason as both the API's judgement and a kept request give it. */
export interface Reason {
  readonly code: string
  readonly limitId: string | null
  readonly retryAt: string | null
  readonly cause?: string | undefined
  readonly httpStatus?: number | null | undefined
  readonly variable?: string | null | undefined
}

/** Why a key was passed over, in a few words: the code and its limit, or what somebody has to do. */
export function skipText({ code, limitId, cause, httpStatus, variable }: Reason): string {
  const status = httpStatus == null ? '' : ` (HTTP ${httpStatus})`
  if (code === 'no_key') return variable == null ? 'no key is set' : `${variable} is not set`
  if (cause === 'bad_credential') return `its vendor does not take the key${status}`
  if (cause === 'billing') return `no money or credits, or a spending limit reached${status}`
  return limitId === null ? code : `${code} ${limitId}`
}
