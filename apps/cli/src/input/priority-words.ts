import { type OrderedProvider, prioritiesOfGroups, priorityGroups } from '@quotakeeper/quota-core/rules'
import { usageFailure } from '../failure.js'

interface Listed {
  readonly name: string
  readonly priority: number
  readonly managedBy: string
}

/**
 * Priorities by which these providers come first, in this order, those of `a=b` equally; the others follow as before.
 * @throws Failure for unknown and repeated names, and if the configuration file does not allow the order
 */
export function orderedPriorities(
  providers: readonly Listed[],
  words: readonly string[],
): Readonly<Record<string, number>> {
  const known = new Map(
    providers.map(({ name, priority, managedBy }): [string, OrderedProvider] => [
      name,
      { name, priority, isFixed: managedBy === 'file' },
    ]),
  )
  const taken = new Set<string>()
  const first = words.map(word =>
    word.split('=').map(name => {
      const provider = known.get(name)
      if (provider === undefined)
        throw usageFailure(`unknown provider "${name}": "quotakeeper routing show" lists them`)
      if (taken.has(name)) throw usageFailure(`"${name}" is named twice`)
      taken.add(name)
      return provider
    }),
  )
  const others = priorityGroups([...known.values()].filter(({ name }) => !taken.has(name)))
  const priorities = prioritiesOfGroups([...first, ...others])
  if (priorities !== null) return Object.fromEntries(priorities)
  const fixed = [...known.values()].filter(({ isFixed }) => isFixed)
  const named = fixed.map(({ name, priority }) => `${name} (${priority})`).join(', ')
  throw usageFailure(
    `the configuration file fixes priorities that do not allow this order: change ${named} there`,
  )
}
