import { useQuery } from '@tanstack/react-query'
import { useApi } from './api.js'

const everyMs = 5_000

/**
 * The variable that would hold a provider's missing key, null for an entered key that cannot be opened; undefined if a
 * gateway has a key, or none has reported the provider.
 */
export function useMissingKey(providerName: string): string | null | undefined {
  const api = useApi()
  const { data } = useQuery(api.keys.list.queryOptions(undefined, { refetchInterval: everyMs }))
  const own = (data ?? []).filter(key => key.providerName === providerName)
  const [first] = own
  return first === undefined || own.some(({ reason }) => reason === null) ? undefined : first.variable
}
