import { compareText } from './subject.js'

/** Least and largest priority of a provider. */
export const maxPriority = 1_000_000
const priorityStep = 10

/** A provider in the order of priorities. */
export interface OrderedProvider {
  readonly name: string
  /** Lower comes first with the strategy `priority`. */
  readonly priority: number
  /** Whether its priority cannot be changed here, since the configuration file manages it. */
  readonly isFixed: boolean
}

/** Providers of equal priority are one group: the strategy `priority` prefers the one with the largest share left. */
export type PriorityGroups = readonly (readonly OrderedProvider[])[]

/** The providers in groups of equal priority, lowest first, each by name. */
export function priorityGroups(providers: readonly OrderedProvider[]): PriorityGroups {
  const groups = new Map<number, OrderedProvider[]>()
  for (const provider of providers) {
    const group = groups.get(provider.priority)
    if (group === undefined) groups.set(provider.priority, [provider])
    else group.push(provider)
  }
  return [...groups]
    .sort(([left], [right]) => left - right)
    .map(([, group]) => group.sort((left, right) => compareText(left.name, right.name)))
}

/**
 * The groups after a provider has moved one place: out of a group of several to a place of its own, or from a place of
 * its own into the next group. Null at the end, and for a provider that is fixed or unknown.
 */
export function movedInGroups(
  groups: PriorityGroups,
  name: string,
  direction: 'up' | 'down',
): PriorityGroups | null {
  const at = groups.findIndex(group => group.some(provider => provider.name === name))
  const group = groups[at] ?? []
  const moved = group.find(provider => provider.name === name)
  if (moved === undefined || moved.isFixed) return null
  const others = group.filter(provider => provider !== moved)
  const before = groups.slice(0, at)
  const after = groups.slice(at + 1)
  if (others.length > 0)
    return direction === 'up'
      ? [...before, [moved], others, ...after]
      : [...before, others, [moved], ...after]
  const next = direction === 'up' ? before.at(-1) : after[0]
  if (next === undefined) return null
  const joined = [...next, moved].sort((left, right) => compareText(left.name, right.name))
  return direction === 'up'
    ? [...before.slice(0, -1), joined, ...after]
    : [...before, joined, ...after.slice(1)]
}

/**
 * Priorities by which the groups are in this order, of those providers whose priority changes. Fixed ones keep theirs;
 * null if they leave no whole number for a group between them, or are themselves in another order.
 */
export function prioritiesOfGroups(groups: PriorityGroups): ReadonlyMap<string, number> | null {
  const inOrder = groups.every((group, index) => isBelow(groups[index - 1], group))
  if (inOrder) return new Map()
  const fixed: (number | null)[] = []
  for (const group of groups) {
    const priorities = new Set(group.filter(({ isFixed }) => isFixed).map(({ priority }) => priority))
    if (priorities.size > 1) return null
    const [own = null] = priorities
    fixed.push(own)
  }
  const chosen = spread(fixed)
  if (chosen === null) return null
  const changed = groups.flatMap((group, index) =>
    group
      .filter(({ priority }) => priority !== chosen[index])
      .map(({ name }) => [name, chosen[index] ?? 0] as const),
  )
  return new Map(changed)
}

/** Whether all of the group have one priority, higher than that of the group before. */
function isBelow(before: PriorityGroups[number] | undefined, group: PriorityGroups[number]): boolean {
  const first = group[0]?.priority ?? 0
  const last = before?.[0]?.priority ?? Number.NEGATIVE_INFINITY
  return group.every(({ priority }) => priority === first) && last < first
}

/** Ascending numbers in place of the nulls; null if there is no room. */
function spread(fixed: readonly (number | null)[]): readonly number[] | null {
  const chosen: number[] = []
  for (let start = 0; start < fixed.length; ) {
    const own = fixed[start]
    if (own !== null && own !== undefined) {
      chosen.push(own)
      start++
      continue
    }
    const found = fixed.findIndex((other, index) => index > start && other !== null)
    const end = found === -1 ? fixed.length : found
    chosen.push(...between(chosen.at(-1) ?? null, fixed[end] ?? null, end - start))
    start = end
  }
  const isAscending = chosen.every((own, index) => index === 0 || (chosen[index - 1] ?? own) < own)
  return isAscending && chosen.every(own => Math.abs(own) <= maxPriority) ? chosen : null
}

/** So many numbers between two, or from a step beyond the only one. They may be equal where there is no room. */
function between(low: number | null, high: number | null, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    if (low !== null && high !== null) return low + Math.floor(((high - low) * (index + 1)) / (count + 1))
    if (high !== null) return high - priorityStep * (count - index)
    return (low ?? 0) + priorityStep * (index + 1)
  })
}
