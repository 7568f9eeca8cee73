import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { dayBefore } from '../show/instants.js'
import { useApi } from './api.js'

const hourMs = 3_600_000
const hoursShown = 24
const everyMs = 60_000
/** With more providers, hourly figures are not loaded. */
const maxProviders = 200
const maxRows = 10_000

/** Hourly requests of the last day by provider, oldest first. */
export interface RecentHours {
  readonly byProvider: ReadonlyMap<string, readonly number[]>
  readonly error: { readonly message: string } | null
}

export function useRecentHours(providerCount: number, nowMs: number): RecentHours {
  const api = useApi()
  const input = {
    from: dayBefore(nowMs, 1),
    to: dayBefore(nowMs, 0),
    groupBy: ['hour', 'provider'] as const,
    pageSize: maxRows,
  }
  const { data, error } = useQuery(
    api.usage.summary.queryOptions(input, {
      enabled: providerCount > 0 && providerCount <= maxProviders,
      refetchInterval: everyMs,
    }),
  )
  const thisHour = Math.floor(nowMs / hourMs)
  const byProvider = useMemo(() => {
    const sums = new Map<string, number[]>()
    for (const { hour, providerName = '', requestCount } of data?.rows ?? []) {
      const place = hoursShown - 1 - (thisHour - Math.floor(Date.parse(hour ?? '') / hourMs))
      if (!(place >= 0 && place < hoursShown)) continue
      const hours = sums.get(providerName) ?? Array.from({ length: hoursShown }, () => 0)
      hours[place] = (hours[place] ?? 0) + requestCount
      sums.set(providerName, hours)
    }
    return sums
  }, [data, thisHour])
  return { byProvider, error }
}
