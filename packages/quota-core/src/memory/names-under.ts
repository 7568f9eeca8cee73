import { consumerKind } from '../domain/subject-kinds.js'
import type { QuotaTables } from '../domain/tables.js'

/** The names of a consumer and its descendants, also of removed ones, whose usage stays. */
export function namesUnder(tables: QuotaTables, ancestor: string): ReadonlySet<string> {
  const childrenOf = new Map<string, string[]>()
  for (const { name, parent } of tables.owners(consumerKind)) {
    if (parent === null) continue
    const children = childrenOf.get(parent.name)
    if (children === undefined) childrenOf.set(parent.name, [name])
    else children.push(name)
  }
  const names = new Set([ancestor])
  // A set is iterated over what is added meanwhile, each name once.
  for (const name of names) for (const child of childrenOf.get(name) ?? []) names.add(child)
  return names
}
