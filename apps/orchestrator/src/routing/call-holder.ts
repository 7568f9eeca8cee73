import { isObject } from '../json-value.js'
import { parseJson } from '../parse-json.js'
import type { AnswerMemory } from '../vendors/answer-memory.js'
import { locate } from '../vendors/locate.js'
import { readClassification } from '../vendors/read-classification.js'
import { maxAnswerBytes } from '../vendors/received-answer.js'
import type { VendorCall } from '../vendors/vendor-client.js'
import { vendorHeaders } from '../vendors/vendor-headers.js'
import type { VendorResult } from '../vendors/vendor-result.js'
import { vendorWords } from '../vendors/vendor-words.js'
import { noRoomForAnswer } from './refusal.js'
import { refuseCall } from './refuse-call.js'
import { type Rejection, withLeastWait } from './rejection.js'
import type { RouteDeps } from './route-deps.js'
import type { RunResult } from './routing-run.js'
import type { ReadyProvider } from './routing-table.js'

/** A request about something that a provider has stored. */
export interface StoredRequest {
  readonly method: NonNullable<VendorCall['method']>
  /** Relative to the provider's base URL, with its query. */
  readonly path: string
  readonly memory: AnswerMemory
  readonly signal: AbortSignal
  /** Whether its client has a token of a consumer. */
  readonly isOfConsumer: boolean
}

/** What came of it. */
export type HolderOutcome = Exclude<RunResult, { readonly kind: 'denied' }>

interface RejectedByHolder {
  readonly kind: 'rejected'
  readonly rejection: Rejection
}

type Answered = Extract<VendorResult, { kind: 'answered' }> & { readonly mayBeEmpty: boolean }

/** What a vendor says of the stored answer itself, such as that there is none: passed on like faults of the request. */
const passedOn: ReadonlySet<number> = new Set([404, 409])

/**
 * Asks the provider that holds something for it, once. Nothing is reserved or settled, since vendors count it as no
 * request, and what it says of limits is not acted on.
 */
export async function callHolder(
  deps: RouteDeps,
  provider: ReadyProvider,
  { isOfConsumer, ...request }: StoredRequest,
): Promise<HolderOutcome> {
  const outcome = await askHolder(deps, provider, request)
  if (outcome.kind !== 'rejected') return outcome
  const served = () => ({ nearest: [], others: 0 })
  const refusal = refuseCall({ model, rejections: [outcome.rejection], served, isOfConsumer })
  return { kind: 'refusal', refusal }
}

async function askHolder(
  deps: RouteDeps,
  provider: ReadyProvider,
  { path, ...request }: Omit<StoredRequest, 'isOfConsumer'>,
): Promise<HolderOutcome | RejectedByHolder> {
  // Some servers refuse a content type without a body.
  const { 'content-type': _, ...headers } = vendorHeaders(provider, 'responses')
  const result = await deps.vendors.call({
    ...request,
    origin: provider.origin,
    path: locate(provider, path),
    headers,
    body: null,
    timeoutMs: deps.timeoutMs,
    streamIdleMs: null,
    patience: null,
    maxBytes: maxAnswerBytes,
  })
  switch (result.kind) {
    case 'answered':
      return readAnswer(deps, provider, { ...result, mayBeEmpty: request.method === 'DELETE' })
    case 'streaming':
      throw new Error('a stream that was not requested')
    case 'aborted':
      return { kind: 'gone' }
    case 'noRoom':
      return { kind: 'refusal', refusal: noRoomForAnswer(deps.clock(), request.memory.isInVain) }
    case 'unreached':
      return failed(provider, `the vendor cannot be reached (${result.reason})`)
    case 'broken':
      return failed(provider, `the call to the vendor broke (${result.reason})`)
  }
}

function readAnswer(
  deps: RouteDeps,
  provider: ReadyProvider,
  answered: Answered,
): HolderOutcome | RejectedByHolder {
  const { httpStatus, headers, body, mayBeEmpty } = answered
  const { name: providerName, vendor, keyVariable } = provider
  const isKeyless = provider.key === null
  const redactor = deps.heldKeys.redactor()
  const answer = (clean: Buffer): HolderOutcome => ({
    kind: 'answer',
    providerName,
    answer: { httpStatus, contentType: 'application/json', body: clean },
  })
  if (httpStatus >= 200 && httpStatus < 300) {
    const isAnswer = isObject(parseJson(body)) || (mayBeEmpty && body.length === 0)
    if (isAnswer) return answer(redactor.redact(body))
    return failed(provider, `the vendor answered HTTP ${httpStatus} without JSON`)
  }
  const nowMs = deps.clock()
  const found = readClassification(vendor, { httpStatus, headers, body }, nowMs)
  if (found.kind === 'requestFault' || passedOn.has(httpStatus)) return answer(redactor.redactComplaint(body))
  const words = vendorWords(body, redactor)
  if (found.kind === 'refused')
    return refused(
      withLeastWait({ ...found, providerName, model, httpStatus, words, keyVariable, isKeyless }, nowMs),
    )
  const retryAtMs = found.kind === 'failed' ? found.retryAtMs : null
  return failed(provider, `the vendor answered HTTP ${httpStatus}`, { words, retryAtMs })
}

/** Requests about what is stored name none. */
const model = ''

function failed(
  { name: providerName }: ReadyProvider,
  fault: string,
  said: { readonly words: string; readonly retryAtMs: number | null } = { words: '', retryAtMs: null },
): HolderOutcome | RejectedByHolder {
  return refused({ kind: 'failed', providerName, model, fault, ...said })
}

function refused(rejection: Rejection): RejectedByHolder {
  return { kind: 'rejected', rejection }
}
