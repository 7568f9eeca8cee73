import type { RouteDeps } from '../routing/route-deps.js'
import type { CheckResult } from './ask-models.js'

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
          : `${reason}: enter the key, or set the variable in the gateway’s environment and restart the gateway`,
    }),
  )
  const asked = ready.filter(isAsked).map(async (provider): Promise<CheckedKey> => {
    const { result, httpStatus, remedy } = await catalogue.check(provider)
    return { providerName: provider.name, vendor: provider.vendor, result, httpStatus, remedy }
  })
  const checked = [...unset, ...(await Promise.all(asked))]
  return checked.toSorted((left, right) => (left.providerName < right.providerName ? -1 : 1))
}
