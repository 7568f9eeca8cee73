/** The tree of consumers, as far as rights depend on it. A name that is not registered is a tree of its own. */
export interface ConsumerTree {
  /**
   * Whether `name` is `ancestor` or one of its descendants.
   * @throws QuotaError STORE_UNAVAILABLE
   */
  isWithin(name: string, ancestor: string): Promise<boolean>
  /**
   * The names of a consumer and all its descendants.
   * @throws QuotaError STORE_UNAVAILABLE
   */
  within(ancestor: string): Promise<readonly string[]>
  /**
   * Whether a consumer was registered and is no longer: its tokens are refused, since they would call without its limits.
   * @throws QuotaError STORE_UNAVAILABLE
   */
  isRemoved(name: string): Promise<boolean>
}

/** Where a consumer is, seen from that of a token. */
export type Relation = 'own' | 'below' | 'outside'

/** The relation of `name` to the consumer of a token. @throws as {@link ConsumerTree.isWithin} does */
export async function relationTo(tree: ConsumerTree, name: string, own: string): Promise<Relation> {
  if (name === own) return 'own'
  return (await tree.isWithin(name, own)) ? 'below' : 'outside'
}

/** The tree while no consumer is registered: each name is only within itself. */
export const unregisteredTree: ConsumerTree = {
  isWithin: async (name, ancestor) => name === ancestor,
  within: async ancestor => [ancestor],
  isRemoved: async () => false,
}
