import type { RouteDeps } from '../routing/route-deps.js'
import type { CheckResult } from './ask-models.js'

/** What came of asking a vendor with a key. */
export interface CheckedKey {
  readonly providerName: string
  readonly vendor: string
  /**
   * `ok`: the vendor takes the key. `limited`: it does, and has no room just now. `no_money`, `refused`: it does
   * not. `unproven`: it answers, but not whether. `unreachable`: it does not answer. `missing`: there is no key.
   */
  readonly result: CheckResult | 'missing'
  /** Null where nobody answered. */
  readonly httpStatus: number | null
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null
}

/**
 * Tries keys by asking for their vendor's list of models, which costs nothing and wants a key. What vendors say
 * of a key goes to the API, as it does from any answer.
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
    ({ name, vendor, reason }): CheckedKey => ({
      ...{ providerName: name, vendor, result: 'missing', httpStatus: null },
      remedy: `${reason}: set it in the gateway’s environment, and restart the gateway`,
    }),
  )
  const asked = ready.filter(isAsked).map(async (provider): Promise<CheckedKey> => {
    const { result, httpStatus, remedy } = await catalogue.check(provider)
    return { providerName: provider.name, vendor: provider.vendor, result, httpStatus, remedy }
  })
  const checked = [...unset, ...(await Promise.all(asked))]
  return checked.toSorted((left, right) => (left.providerName < right.providerName ? -1 : 1))
}
