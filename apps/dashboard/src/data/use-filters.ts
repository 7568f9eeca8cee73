import { useMemo } from 'react'
import { navigate, useLocationProperty } from 'wouter/use-browser-location'
import { type Filters, type FilterValues, readFilters, writeFilters } from '../show/filters.js'

/**
 * The filters of a page, which its address keeps, and how to change them. The entry of the history is replaced: "back"
 * leads to the page before, as it was. The address is read itself: the router's copy is partially decoded.
 * @param filters of one identity
 */
export function useFilters<Named extends Filters>(
  filters: Named,
): readonly [FilterValues<Named>, (changed: Partial<FilterValues<Named>>) => void] {
  const search = useLocationProperty(() => window.location.search)
  const values = useMemo(() => readFilters(filters, search), [filters, search])
  const change = (changed: Partial<FilterValues<Named>>): void => {
    const { pathname, search: before } = window.location
    navigate(`${pathname}${writeFilters(filters, before, changed)}`, { replace: true })
  }
  return [values, change]
}
