import type { RouteDeps } from '../routing/route-deps.js'
import { askModels, type CheckResult } from './ask-models.js'

/** The check of a key at its vendor. */
export interface CheckedKey {
  readonly providerName: string
  readonly vendor: string
  /**
   * `ok`: the vendor accepts the key. `limited`: accepted, but currently without room. `no_money`, `refused`: not
   * accepted. `unproven`: the answer does not show it. `unreachable`: no answer. `missing`: no key is set.
   */
  readonly result: CheckResult | 'missing'
  /** Null without an answer. */
  readonly httpStatus: number | null
  /** The remedy; null if none is needed. */
  readonly remedy: string | null
}

/**
 * Checks keys by requesting their vendor's list of models, which is free and requires a key. Results are reported to
 * the API like those of any answer.
 *
 * @param providerName null for all
 */
export async function checkKeys(
  { routing, catalogue }: Pick<RouteDeps, 'routing' | 'catalogue'>,
  providerName: string | null,
): Promise<readonly CheckedKey[]> {
  const { ready, missing } = await routing.refresh()
  const isAsked = ({ name }: { readonly name: string }): boolean =>
    providerName === null || name === providerName
  const unset = missing.filter(isAsked).map(
    ({ name, vendor, reason, keyVariable }): CheckedKey => ({
      ...{ providerName: name, vendor, result: 'missing', httpStatus: null },
      remedy:
        keyVariable === null
          ? reason
          : `${reason}: enter the key, or set the variable in .env (used at once) or in the gateway’s environment (restart the gateway)`,
    }),
  )
  const asked = ready.filter(isAsked).map(async (provider): Promise<CheckedKey> => {
    const { result, httpStatus, remedy } = await catalogue.check(provider)
    return { providerName: provider.name, vendor: provider.vendor, result, httpStatus, remedy }
  })
  const checked = [...unset, ...(await Promise.all(asked))]
  return checked.toSorted((left, right) => (left.providerName < right.providerName ? -1 : 1))
}

/** Longest time for a vendor to answer. */
const candidateTimeoutMs = 15_000

/** A key that is not entered yet, sealed by its sender to a public key of this gateway. */
export interface Candidate {
  readonly providerName: string
  readonly sealed: { readonly ciphertext: string; readonly keyPairId: string }
}

/** The check of a key that is not entered yet. */
export interface CheckedCandidate extends CheckedKey {
  /** Salted; null for a key that cannot be opened. */
  readonly fingerprint: string | null
}

/**
 * Checks a key that is to be entered for a provider, at the provider's address. Nothing is stored, logged or reported.
 * @returns null for an unknown provider
 * @throws ApiError
 */
export async function checkCandidate(
  deps: Pick<RouteDeps, 'api' | 'routing' | 'vendors' | 'heldKeys' | 'clock' | 'log'>,
  { providerName, sealed }: Candidate,
): Promise<CheckedCandidate | null> {
  const { ready, missing } = await deps.routing.withSealedKey(providerName, sealed)
  const unusable = missing.find(({ name }) => name === providerName)
  if (unusable !== undefined) {
    const { vendor, reason: remedy } = unusable
    return { providerName, vendor, result: 'missing', httpStatus: null, remedy, fingerprint: null }
  }
  const provider = ready.find(({ name }) => name === providerName)
  if (provider === undefined) return null
  const signal = AbortSignal.timeout(candidateTimeoutMs)
  const asked = await askModels(deps, provider, { timeoutMs: candidateTimeoutMs, signal, isCandidate: true })
  const { result, httpStatus, remedy } = asked
  const { vendor, keyFingerprint: fingerprint } = provider
  return { providerName, vendor, result, httpStatus, remedy, fingerprint }
}
