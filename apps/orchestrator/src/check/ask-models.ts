import { readSignals, usualRemedy } from '@quotakeeper/vendors'
import type { QuotaApi } from '../api/quota-api.js'
import { type ListedModel, readModelList } from '../catalogue/model-list.js'
import type { Log } from '../log.js'
import { parseJson } from '../parse-json.js'
import { keylessRemedy } from '../routing/refused-key.js'
import type { ReadyProvider } from '../routing/routing-table.js'
import { vendorSignals } from '../settlement/vendor-signals.js'
import type { HeldKeys } from '../vendors/held-keys.js'
import type { VendorClient } from '../vendors/vendor-client.js'
import { vendorHeaders } from '../vendors/vendor-headers.js'
import type { VendorResult } from '../vendors/vendor-result.js'

/** The result of checking a key at its vendor. */
export type CheckResult = 'ok' | 'limited' | 'no_money' | 'refused' | 'unproven' | 'unreachable'

/** A vendor's answer to a request for its models. */
export interface AskedModels {
  readonly result: CheckResult
  /** Null without an answer. */
  readonly httpStatus: number | null
  /** The remedy; null if none is needed. */
  readonly remedy: string | null
  /** Null without a list. */
  readonly models: readonly ListedModel[] | null
}

/** Dependencies of a check. */
export interface AskDeps {
  readonly vendors: VendorClient
  readonly api: QuotaApi
  readonly heldKeys: HeldKeys
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: Log
}

/** Larger than any vendor's list; reading it would delay calls, and few are read concurrently. */
const maxListBytes = 8 * 1_024 * 1_024

/**
 * Requests a vendor's list of models, which is free and requires a key. Reports the result to the API: a refused key is
 * not used; an accepted one ends a credential refusal, and nothing else.
 */
export async function askModels(
  deps: AskDeps,
  provider: ReadyProvider,
  {
    timeoutMs,
    signal,
    isCandidate = false,
  }: {
    readonly timeoutMs: number
    readonly signal: AbortSignal
    /** Whether the key is not the provider's yet: then nothing is reported of it. */
    readonly isCandidate?: boolean
  },
): Promise<AskedModels> {
  const sentAtMs = deps.clock()
  const answer = await deps.vendors.call({
    origin: provider.origin,
    path: `${provider.basePath}/models${provider.query}`,
    headers: vendorHeaders(provider),
    body: null,
    timeoutMs,
    streamIdleMs: null,
    patience: null,
    maxBytes: maxListBytes,
    memory: null,
    signal,
  })
  if (answer.kind !== 'answered') {
    const remedy = 'the vendor does not answer: check its base URL and the network'
    return { result: 'unreachable', httpStatus: null, remedy, models: null }
  }
  return readAnswer(deps, provider, { ...answer, sentAtMs, isCandidate })
}

type Answered = Extract<VendorResult, { kind: 'answered' }> & {
  readonly sentAtMs: number
  readonly isCandidate: boolean
}

async function readAnswer(
  deps: AskDeps,
  { name: providerName, vendor, key, keyFingerprint }: ReadyProvider,
  { httpStatus, headers, body, sentAtMs, isCandidate }: Answered,
): Promise<AskedModels> {
  const receivedAtMs = deps.clock()
  const parsed = parseJson(body)
  const { refusal } = readSignals({ vendor, httpStatus, headers, body: parsed, receivedAtMs })
  const isAnswer = httpStatus >= 200 && httpStatus < 300 && refusal === null
  const models = isAnswer ? readModelList(parsed) : null
  const outcome = { refusal: refusal?.kind ?? null, isList: models !== null, isKeyless: key === null }
  const classified = classify(httpStatus, outcome, providerName)
  // Another server's page with status 200 proves nothing.
  if (!isCandidate && (models !== null || !isAnswer)) {
    const signals = vendorSignals({
      ...{ providerName, vendor, httpStatus, headers, keyFingerprint, sentAtMs, receivedAtMs },
      refusal: isAnswer ? null : deps.heldKeys.redactor().redactComplaint(body),
    })
    await report(deps, signals, providerName)
  }
  return { httpStatus, models, ...classified }
}

function classify(
  httpStatus: number,
  {
    refusal,
    isList,
    isKeyless,
  }: { readonly refusal: string | null; readonly isList: boolean; readonly isKeyless: boolean },
  providerName: string,
): Pick<AskedModels, 'result' | 'remedy'> {
  if (refusal === 'bad_credential' || httpStatus === 401 || httpStatus === 403)
    return {
      result: 'refused',
      remedy: isKeyless ? keylessRemedy(providerName) : usualRemedy('bad_credential'),
    }
  if (refusal === 'billing' || httpStatus === 402)
    return { result: 'no_money', remedy: usualRemedy('billing') }
  if (isList) return { result: 'ok', remedy: null }
  if (httpStatus === 429) return { result: 'limited', remedy: null }
  if (httpStatus >= 500)
    return { result: 'unreachable', remedy: 'the vendor fails right now: check again later' }
  return { result: 'unproven', remedy: 'the vendor has no list of models: only a call can check the key' }
}

/** Reports the result to the API; a failure does not affect the caller. */
async function report(
  { api, log }: AskDeps,
  { providerName: _, ...signals }: ReturnType<typeof vendorSignals>,
  providerName: string,
): Promise<void> {
  try {
    await api.observe({ ...signals, providerName, answerTo: 'models' })
  } catch (error) {
    log.warn({ err: error, providerName }, 'reporting a key check to the API failed')
  }
}
