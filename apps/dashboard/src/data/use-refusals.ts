import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useLanguage } from '../texts/language-provider.js'
import { useApi } from './api.js'

const everyMs = 10_000
/** As many candidates as one question may have. */
const maxNames = 100
/** Causes that no waiting ends. */
const lasting: readonly (string | undefined)[] = ['bad_credential', 'billing']

/** Why vendors refuse the keys of these providers, and what to do, by provider; without those that only wait. */
export function useRefusals(names: readonly string[]): ReadonlyMap<string, string> {
  const api = useApi()
  const { reasonText } = useLanguage()
  const candidates = names.slice(0, maxNames).map(providerName => ({ providerName }))
  const { data } = useQuery(
    api.quota.explain.queryOptions(
      { candidates },
      { enabled: candidates.length > 0, refetchInterval: everyMs, retry: false },
    ),
  )
  return useMemo(
    () =>
      new Map(
        (data?.skipped ?? []).flatMap(({ providerName, reasons }) => {
          const reason = reasons.find(({ cause }) => lasting.includes(cause))
          return reason === undefined ? [] : [[providerName, reasonText(reason, null)] as const]
        }),
      ),
    [data, reasonText],
  )
}
