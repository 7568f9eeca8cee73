/** A provider that exists already. */
export interface ExistingProvider {
  readonly name: string
  readonly vendor: string
  readonly pool: string | null
  readonly managedBy: 'file' | 'api' | 'demo'
}

/** Whether it gives way to a real key of its name. */
export function isSample({ managedBy }: ExistingProvider): boolean {
  return managedBy === 'demo'
}

/** The sample that a new provider of this name replaces; null without one. */
export function sampleNamed<Provider extends ExistingProvider>(
  existing: readonly Provider[],
  name: string,
): Provider | null {
  return existing.find(provider => provider.name === name && isSample(provider)) ?? null
}

/** The keys of a vendor that have no pool, and may get one. */
export function unpooled(existing: readonly ExistingProvider[], vendor: string): readonly string[] {
  return existing.flatMap(each =>
    each.vendor === vendor && each.pool === null && each.managedBy === 'api' ? [each.name] : [],
  )
}
