import type { RoutingTable } from './routing-table.js'

const maxCompared = 2_000
const maxListed = 10

/** Callable names to suggest for an unknown one, most similar first. */
export interface ServedNames {
  readonly nearest: readonly string[]
  /** Number of further names. */
  readonly others: number
}

/** The aliases and models of callable providers, and globs except a bare `*`, whose models only the vendor knows. */
export function servedNames({ aliases, ready }: RoutingTable, asked: string): ServedNames {
  const names = new Set([...aliases.keys(), ...ready.flatMap(({ models }) => models)])
  names.delete('*')
  const pairs = pairsOf(asked)
  const nearest = [...names]
    .slice(0, maxCompared)
    .map(name => ({ name, likeness: likeness(pairs, pairsOf(name)) }))
    .toSorted((left, right) => right.likeness - left.likeness)
    .slice(0, maxListed)
    .map(({ name }) => name)
  return { nearest, others: names.size - nearest.length }
}

function pairsOf(name: string): ReadonlySet<string> {
  const text = name.toLowerCase()
  return new Set(
    Array.from({ length: Math.max(text.length - 1, 0) }, (_, index) => text.slice(index, index + 2)),
  )
}

/** Dice's coefficient of two sets: 1 if equal, 0 if disjoint. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0
  for (const pair of left) if (right.has(pair)) common++
  return (2 * common) / Math.max(left.size + right.size, 1)
}
