import { readSignals } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import type { RouteWorld } from '../route/routed-request.js'
import type { ReadyProvider } from '../routing/routing-table.js'
import { vendorSignals } from '../settle/vendor-signals.js'
import { vendorHeaders } from '../vendor/vendor-headers.js'

/** What came of asking a vendor with a key. */
export interface CheckedKey {
  readonly providerName: string
  readonly vendor: string
  /**
   * `ok`: the vendor takes the key. `limited`: it does, and has no room just now. `no_money`, `refused`: it does
   * not. `unproven`: it answers, but not whether. `unreachable`: it does not answer. `missing`: there is no key.
   */
  readonly result: 'ok' | 'limited' | 'no_money' | 'refused' | 'unproven' | 'unreachable' | 'missing'
  /** Null where nobody answered. */
  readonly httpStatus: number | null
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null
}

/** Keys that are tried at once. */
const mostAtOnce = 8
const timeoutMs = 15_000

/**
 * Tries keys by asking for their vendor's list of models, which costs nothing and wants a key. What vendors say
 * goes to the API, like any answer: a revoked key is barred, a good one is free again.
 *
 * @param providerName null for all
 */
export async function checkKeys(
  world: RouteWorld,
  providerName: string | null,
  signal: AbortSignal,
): Promise<readonly CheckedKey[]> {
  const { ready, missing } = await world.routing.refresh()
  const isAsked = ({ name }: { readonly name: string }): boolean =>
    providerName === null || name === providerName
  const rest = ready.filter(isAsked)
  const checked: CheckedKey[] = missing.filter(isAsked).map(({ name, vendor, reason }) => ({
    ...{ providerName: name, vendor, result: 'missing', httpStatus: null },
    remedy: `${reason}: set it where the gateway starts, and start it again`,
  }))
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      checked.push(await checkKey(world, next, signal))
    }
  }
  await Promise.all(Array.from({ length: mostAtOnce }, work))
  return checked.toSorted((left, right) => (left.providerName < right.providerName ? -1 : 1))
}

async function checkKey(
  world: RouteWorld,
  provider: ReadyProvider,
  signal: AbortSignal,
): Promise<CheckedKey> {
  const { name: providerName, vendor } = provider
  const sentAtMs = world.clock()
  const answer = await world.vendors.call({
    origin: provider.origin,
    path: `${provider.basePath}/models${provider.query}`,
    headers: vendorHeaders(provider),
    body: null,
    timeoutMs,
    streamIdleMs: null,
    signal,
  })
  if (answer.kind !== 'answered') {
    const remedy = 'its vendor does not answer: look at its address, and at the network'
    return { providerName, vendor, result: 'unreachable', httpStatus: null, remedy }
  }
  const { httpStatus, headers } = answer
  const body = world.heldKeys.redactor().redactComplaint(answer.body)
  const receivedAtMs = world.clock()
  const refusal = httpStatus >= 400 ? body : null
  const told = { providerName, vendor, httpStatus, headers, refusal, sentAtMs, receivedAtMs }
  await tell(world, vendorSignals(told), providerName)
  const parsed = parseJson(body)
  const { refusal: read } = readSignals({ vendor, httpStatus, headers, body: parsed, receivedAtMs })
  return { providerName, vendor, httpStatus, ...judge(httpStatus, read?.kind ?? null) }
}

function judge(httpStatus: number, refusal: string | null): Pick<CheckedKey, 'result' | 'remedy'> {
  if (refusal === 'bad_credential' || httpStatus === 401 || httpStatus === 403)
    return { result: 'refused', remedy: 'its vendor does not take the key: make a new one there, and set it' }
  if (refusal === 'billing' || httpStatus === 402)
    return { result: 'no_money', remedy: 'its account has no money or credits: look at its billing' }
  if (httpStatus >= 200 && httpStatus < 300) return { result: 'ok', remedy: null }
  if (httpStatus === 429) return { result: 'limited', remedy: null }
  if (httpStatus >= 500)
    return { result: 'unreachable', remedy: 'its vendor fails at present: check again later' }
  return { result: 'unproven', remedy: 'its vendor has no list of models: only a call can tell' }
}

/** What was found out is told to whoever asked, whether or not the API takes note of it. */
async function tell(
  { api, log }: RouteWorld,
  { providerName: _, ...signals }: ReturnType<typeof vendorSignals>,
  providerName: string,
): Promise<void> {
  try {
    await api.observe({ ...signals, providerName })
  } catch (error) {
    log.warn({ err: error, providerName }, 'what the check of a key found could not be told to the API')
  }
}
