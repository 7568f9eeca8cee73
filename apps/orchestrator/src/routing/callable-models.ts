import { isGlob, servesModel } from '@quotakeeper/quota-core/rules'
import type { ListedModel } from '../catalogue/model-list.js'
import type { BarredModels } from './barred-models.js'
import { resolveModel } from './resolve-model.js'
import type { RoutingTable } from './routing-table.js'

/** A callable model name. */
export interface CallableModel {
  readonly id: string
  /** Its vendors; `quotakeeper` for an alias. */
  readonly ownedBy: string
  /** Epoch seconds; 0 if not stated. */
  readonly created: number
}

/** Knowledge of models in addition to the routing table. */
export interface KnownModels {
  /** Vendors' lists, by provider. */
  readonly listed: ReadonlyMap<string, readonly ListedModel[]>
  readonly barred: BarredModels
  readonly nowMs: number
  /** Whether the list is for a client of a consumer: without names that pin a provider or vendor, and without vendors. */
  readonly isOfConsumer: boolean
}

/** Most listed names; clients cannot use more. */
const maxNames = 50_000

/**
 * The callable names: aliases, and for each model of a provider with a key (named in full, or listed by its vendor and
 * matching its globs) the bare name and its pinned forms. Excludes models that the vendor reported as unknown.
 */
export function callableModels(table: RoutingTable, known: KnownModels): readonly CallableModel[] {
  const names = new Map<string, { readonly owners: Set<string>; created: number }>()
  const add = (
    id: string,
    { owner, created }: { readonly owner: string; readonly created: number },
  ): void => {
    const entry = names.get(id) ?? { owners: new Set(), created: 0 }
    if (names.size >= maxNames && !names.has(id)) return
    entry.owners.add(owner)
    entry.created = Math.max(entry.created, created)
    names.set(id, entry)
  }
  for (const alias of table.aliases.keys()) {
    const isCallable = resolveModel(table, alias).some(({ candidates }) => candidates.length > 0)
    if (isCallable) add(alias, { owner: 'quotakeeper', created: 0 })
  }
  for (const { name, vendor, models: globs, enabled } of table.ready) {
    if (!enabled) continue
    const named = globs.filter(glob => !isGlob(glob)).map(id => ({ id, created: 0 }))
    const listed = (known.listed.get(name) ?? []).filter(({ id }) => servesModel(globs, id))
    for (const { id: model, created } of [...named, ...listed]) {
      if (known.barred.isBarred(name, model, known.nowMs)) continue
      const ids = known.isOfConsumer ? [model] : [model, `${vendor}/${model}`, `${name}/${model}`]
      for (const id of ids) add(id, { owner: known.isOfConsumer ? 'quotakeeper' : vendor, created })
    }
  }
  return [...names].map(([id, { owners, created }]) => ({ id, ownedBy: [...owners].join(', '), created }))
}
