import type { ListedProvider } from './headline.js'
import type { providerOrders } from './page-filters.js'
import { limitShare } from './share.js'
import { type Group, groupOf, type Tone } from './standing.js'

export type Order = (typeof providerOrders)[number]

const urgency: Readonly<Record<Tone, number>> = {
  refused: 0,
  off: 1,
  paused: 2,
  critical: 3,
  warning: 4,
  fine: 5,
  keyless: 6,
}

/** The providers of a group whose name contains the text, ignoring case. */
export function filtered(
  rows: readonly ListedProvider[],
  text: string,
  group: Group | 'all',
): readonly ListedProvider[] {
  const wanted = text.trim().toLowerCase()
  return rows.filter(
    ({ stats, standing }) =>
      (group === 'all' || groupOf(standing) === group) && stats.providerName.toLowerCase().includes(wanted),
  )
}

/** Sorts by urgency, remaining quota or name; ties by name. */
export function sorted(rows: readonly ListedProvider[], order: Order): readonly ListedProvider[] {
  const byName = (left: ListedProvider, right: ListedProvider): number =>
    left.stats.providerName.localeCompare(right.stats.providerName, 'en', { numeric: true })
  switch (order) {
    case 'name':
      return rows.toSorted(byName)
    case 'remaining':
      return rows.toSorted((left, right) => leftOf(left) - leftOf(right) || byName(left, right))
    case 'urgency':
      return rows.toSorted(
        (left, right) =>
          urgency[left.standing.tone] - urgency[right.standing.tone] ||
          Number(left.standing.when === null) - Number(right.standing.when === null) ||
          byName(left, right),
      )
  }
}

function leftOf({ stats }: ListedProvider): number {
  return Math.min(...stats.limits.map(limit => 1 - limitShare(limit)), 1)
}
