import type { RoutingTable } from './routing-table.js'

/** A name that can be called. */
export interface CallableModel {
  readonly id: string
  /** The vendors behind it; `quotakeeper` for an alias. */
  readonly ownedBy: string
}

/**
 * The names that can be called now: aliases, and of the models that a provider with a key names in full,
 * the bare name and its pins. What a glob stands for only the vendor knows.
 */
export function callableModels(table: RoutingTable): readonly CallableModel[] {
  const owners = new Map<string, Set<string>>()
  const add = (id: string, owner: string): void => {
    owners.set(id, (owners.get(id) ?? new Set()).add(owner))
  }
  for (const alias of table.aliases.keys()) add(alias, 'quotakeeper')
  for (const { name, vendor, models } of table.ready) {
    for (const model of models.filter(glob => !glob.includes('*'))) {
      for (const id of [model, `${vendor}/${model}`, `${name}/${model}`]) add(id, vendor)
    }
  }
  return [...owners].map(([id, vendors]) => ({ id, ownedBy: [...vendors].join(', ') }))
}
