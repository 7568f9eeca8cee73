import type { SomeRouting } from './routing-settings.js'

/** What a change of the stored settings has changed, for the audit log. Null stands for a setting or alias that is gone. */
export function changedRouting(before: SomeRouting, after: SomeRouting): Readonly<Record<string, unknown>> {
  const { strategy = null, maxWaitMs = null } = after
  const aliases = changedAliases(before.aliases ?? {}, after.aliases ?? {})
  return {
    ...(strategy === (before.strategy ?? null) ? {} : { strategy }),
    ...(maxWaitMs === (before.maxWaitMs ?? null) ? {} : { maxWaitMs }),
    ...(Object.keys(aliases).length === 0 ? {} : { aliases }),
  }
}

type Aliases = NonNullable<SomeRouting['aliases']>

function changedAliases(before: Aliases, after: Aliases): Readonly<Record<string, readonly string[] | null>> {
  const names = Object.keys({ ...before, ...after })
  const changed = names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  return Object.fromEntries(changed.map(name => [name, after[name] ?? null]))
}
