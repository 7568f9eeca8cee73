import { usageFailure } from '../failure.js'

/** Aliases of models, by name. */
type Aliases = Readonly<Record<string, readonly string[]>>

/** The aliases with these models at the end of one, which may be new; models that it has already stay where they are. */
export function aliasAdded(aliases: Aliases, name: string, models: readonly string[]): Aliases {
  const before = Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : []
  return { ...aliases, [name]: [...new Set([...before, ...models])] }
}

/** The aliases with one that has these models alone, in this order. */
export function aliasSet(aliases: Aliases, name: string, models: readonly string[]): Aliases {
  return { ...aliases, [name]: [...new Set(models)] }
}

/**
 * The aliases without one, or without some of its models.
 * @throws Failure if there is no such alias or model, or if no model would be left
 */
export function aliasRemoved(aliases: Aliases, name: string, models: readonly string[]): Aliases {
  const before = Object.hasOwn(aliases, name) ? aliases[name] : undefined
  if (before === undefined)
    throw usageFailure(`there is no alias "${name}": "quotakeeper routing show" lists them`)
  const unknown = models.find(model => !before.includes(model))
  if (unknown !== undefined)
    throw usageFailure(`the alias "${name}" does not have "${unknown}", but ${before.join(', ')}`)
  if (models.length === 0) {
    const { [name]: _, ...others } = aliases
    return others
  }
  const left = before.filter(model => !models.includes(model))
  if (left.length === 0)
    throw usageFailure(
      `no model would be left: "quotakeeper routing alias remove ${name}" removes the alias itself`,
    )
  return { ...aliases, [name]: left }
}
