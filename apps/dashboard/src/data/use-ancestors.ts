import { useQuery } from '@tanstack/react-query'
import { useApi } from './api.js'

/**
 * The names of the ancestors of a consumer that may be seen, the highest first: at most three, as trees have at most four
 * levels.
 * @param bound the highest that may be seen; null if all may be
 */
export function useAncestors(
  { name, parent }: { readonly name: string; readonly parent: string | null },
  bound: string | null,
): readonly string[] {
  const first = name === bound ? null : parent
  const second = useParent(first, bound)
  const third = useParent(second, bound)
  return [third, second, first].filter(above => above !== null)
}

function useParent(name: string | null, bound: string | null): string | null {
  const api = useApi()
  const isBelow = name !== null && name !== bound
  const { data } = useQuery(api.consumers.get.queryOptions({ name: name ?? '' }, { enabled: isBelow }))
  return isBelow ? (data?.parent ?? null) : null
}
