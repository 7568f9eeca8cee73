import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useApi } from './api.js'

const everyMs = 30_000
/** Samples are five; with more providers than this, none is looked for. */
const maxProviders = 100

/** The names of samples, whose limits are invented. */
export function useSamples(providerCount: number): ReadonlySet<string> {
  const api = useApi()
  const { data } = useQuery(
    api.providers.list.queryOptions(
      { pageSize: maxProviders },
      { enabled: providerCount > 0 && providerCount <= maxProviders, refetchInterval: everyMs },
    ),
  )
  return useMemo(
    () => new Set((data?.rows ?? []).flatMap(({ name, managedBy }) => (managedBy === 'demo' ? [name] : []))),
    [data],
  )
}
