import {
  longestWaitMs,
  maxModelsOfAlias,
  movedInGroups,
  type OrderedProvider,
  type PriorityGroups,
  prioritiesOfGroups,
  priorityGroups,
  type Strategy,
} from '@quotakeeper/quota-core/rules'
import type { Outputs } from '../data/api.js'
import type { Translate } from '../texts/translate.js'

export type RoutingSettings = Outputs['routing']['settings']
type Field = keyof RoutingSettings['managedBy']

/** An alias while it is edited. */
export interface DraftAlias {
  /** Stays the same while the name is typed. */
  readonly id: number
  readonly name: string
  readonly models: readonly string[]
}

/** The settings of routing while they are edited. */
export interface RoutingDraft {
  readonly strategy: Strategy
  /** As typed. */
  readonly maxWaitMs: string
  readonly aliases: readonly DraftAlias[]
  readonly groups: PriorityGroups
}

export function draftOf({ strategy, maxWaitMs, aliases, providers }: RoutingSettings): RoutingDraft {
  const names = Object.keys(aliases).toSorted()
  return {
    strategy,
    maxWaitMs: String(maxWaitMs),
    aliases: names.map((name, id) => ({ id, name, models: aliases[name] ?? [] })),
    groups: priorityGroups(
      providers.map(
        ({ name, priority, managedBy }): OrderedProvider => ({
          name,
          priority,
          isFixed: managedBy === 'file',
        }),
      ),
    ),
  }
}

/** The groups after a provider has moved; null where it cannot move. */
export function movedGroups(
  groups: PriorityGroups,
  name: string,
  direction: 'up' | 'down',
): PriorityGroups | null {
  const moved = movedInGroups(groups, name, direction)
  return moved === null || prioritiesOfGroups(moved) === null ? null : moved
}

/** The first fault of a draft; null if there is none. The API checks the rest. */
export function draftFault(t: Translate, { maxWaitMs, aliases }: RoutingDraft): string | null {
  const wait = maxWaitMs.trim()
  if (!/^\d{1,7}$/.test(wait) || Number(wait) > longestWaitMs)
    return t('routing.wantsWait', { max: String(longestWaitMs) })
  if (aliases.some(({ name }) => name.trim() === '')) return t('routing.wantsName')
  const names = aliases.map(({ name }) => name.trim())
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin !== undefined) return t('routing.twin', { name: twin })
  const empty = aliases.find(({ models }) => models.every(model => model.trim() === ''))
  if (empty !== undefined) return t('routing.wantsModel', { name: empty.name })
  const long = aliases.find(({ models }) => models.length > maxModelsOfAlias)
  if (long === undefined) return null
  return t('routing.tooManyModels', { name: long.name, max: String(maxModelsOfAlias) })
}

function aliasesIn({ aliases }: RoutingDraft): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    aliases.map(({ name, models }) => [
      name.trim(),
      models.map(model => model.trim()).filter(model => model !== ''),
    ]),
  )
}

function prioritiesIn({ groups }: RoutingDraft): Readonly<Record<string, number>> {
  return Object.fromEntries(prioritiesOfGroups(groups) ?? [])
}

/** What a dry run supposes. */
export function proposalOf(draft: RoutingDraft) {
  return { strategy: draft.strategy, aliases: aliasesIn(draft), priorities: prioritiesIn(draft) }
}

/** What saving sends: what is the file's or still the default is left out, and so stays so. */
export function updateOf(draft: RoutingDraft, settings: RoutingSettings) {
  const { strategy } = draft
  const maxWaitMs = Number(draft.maxWaitMs)
  const aliases = aliasesIn(draft)
  const priorities = prioritiesIn(draft)
  const isSent = (field: Field, hasChanged: boolean): boolean =>
    settings.managedBy[field] === 'api' || (settings.managedBy[field] === 'default' && hasChanged)
  return {
    expectedRevision: settings.revision,
    ...(isSent('strategy', strategy !== settings.strategy) ? { strategy } : {}),
    ...(isSent('maxWaitMs', maxWaitMs !== settings.maxWaitMs) ? { maxWaitMs } : {}),
    ...(isSent('aliases', !isSame(aliases, settings.aliases)) ? { aliases } : {}),
    ...(Object.keys(priorities).length === 0 ? {} : { priorities }),
  }
}

/** The settings that a draft changes, as sentences list them. */
export function changesIn(t: Translate, draft: RoutingDraft, settings: RoutingSettings): readonly string[] {
  const moved = Object.keys(prioritiesIn(draft)).length
  return [
    ...(draft.strategy === settings.strategy ? [] : [t('routing.changed.strategy')]),
    ...(Number(draft.maxWaitMs) === settings.maxWaitMs ? [] : [t('routing.changed.maxWaitMs')]),
    ...(isSame(aliasesIn(draft), settings.aliases) ? [] : [t('routing.changed.aliases')]),
    ...(moved === 0 ? [] : [t('routing.changed.order')]),
  ]
}

function isSame(left: object, right: object): boolean {
  const sorted = (aliases: object): string => JSON.stringify(Object.entries(aliases).toSorted())
  return sorted(left) === sorted(right)
}

/** A list with the entry at `from` moved by one; the same list at its ends. */
export function movedEntry<Entry>(entries: readonly Entry[], from: number, by: -1 | 1): readonly Entry[] {
  const to = from + by
  if (to < 0 || to >= entries.length) return entries
  return entries.with(from, entries[to] as Entry).with(to, entries[from] as Entry)
}
