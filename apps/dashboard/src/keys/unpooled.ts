import type { Provider } from '../data/api.js'

/** The existing keys of a vendor that have no pool, and may get one. */
export function unpooled(own: readonly Provider[], vendor: string): readonly string[] {
  return own.flatMap(each =>
    each.vendor === vendor && each.pool === null && each.managedBy !== 'file' ? [each.name] : [],
  )
}
