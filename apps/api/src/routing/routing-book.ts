import { createHash } from 'node:crypto'
import type { RoutingFact } from '@quotakeeper/db'
import {
  type ManagedBy,
  type PriorityChange,
  type ProviderView,
  QuotaError,
  type QuotaService,
} from '@quotakeeper/quota-core'
import type { Log } from '../log.js'
import { changedRouting } from './changed-routing.js'
import { type RoutingUpdate, storedRoutingSchema } from './routing-input.js'
import {
  type EditableRouting,
  effectiveRouting,
  type FileRouting,
  type ModelPrice,
  type RoutingOrigins,
  routingFields,
  type SomeRouting,
} from './routing-settings.js'

/** The settings in effect, and who has made them. */
export interface RoutingView extends EditableRouting {
  readonly managedBy: RoutingOrigins
  /** Settings that the configuration file makes although others are stored, which are not used. */
  readonly overridden: readonly (keyof EditableRouting)[]
  /** The configuration file; null for none. */
  readonly configFile: string | null
  /** For `routing.update`. Changes with the settings, and with priorities. */
  readonly revision: string
  /** By name. */
  readonly providers: readonly {
    readonly name: string
    readonly vendor: string
    readonly enabled: boolean
    /** Lower comes first with the strategy `priority`. */
    readonly priority: number
    readonly managedBy: ManagedBy
  }[]
}

/** What gateways route by, beside the providers. */
export interface GatewayRouting extends EditableRouting {
  readonly managedBy: RoutingOrigins
  readonly endUserFrom: 'header' | 'body'
  readonly prices: readonly ModelPrice[]
}

interface RoutingBookOptions {
  readonly fact: Pick<RoutingFact, 'read' | 'replace'>
  readonly service: Pick<QuotaService, 'providers' | 'setPriorities'>
  /** The path of the configuration file; null for none. May be created while running. */
  readonly configFile: string | null
  /** Those of the configuration file. May change while running. */
  readonly prices: readonly ModelPrice[]
  readonly log: Log & { info(details: object, text: string): void }
}

interface Stored {
  /** As stored, also if it cannot be read; null if nothing is. */
  readonly text: string | null
  readonly settings: SomeRouting
  readonly change: number
  /** Digest of the update that has made the last change. */
  readonly updateDigest?: string | undefined
}

/** The settings of routing: those of the configuration file, and for all replicas those made over the API. */
export class RoutingBook {
  readonly #options: RoutingBookOptions
  #file: FileRouting = {}
  #unreadable: string | null = null

  constructor(options: RoutingBookOptions) {
    this.#options = options
  }

  /** Takes over what the configuration file says now. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
  async applyFile(file: FileRouting): Promise<void> {
    const { settings } = await this.#stored()
    const before = this.#file
    this.#file = file
    const stored = routingFields.filter(field => settings[field] !== undefined)
    const taken = stored.filter(field => before[field] === undefined && file[field] !== undefined)
    const returned = stored.filter(field => before[field] !== undefined && file[field] === undefined)
    const { log, configFile } = this.#options
    if (taken.length > 0) {
      const text =
        'the configuration file makes these settings of routing: those made over the API are not used'
      log.warn({ path: configFile, settings: taken }, text)
    }
    if (returned.length > 0) {
      const text =
        'the configuration file no longer makes these settings of routing: those made over the API are used'
      log.info({ path: configFile, settings: returned }, text)
    }
  }

  /** What gateways route by. @throws as {@link applyFile} does */
  async forGateways(): Promise<GatewayRouting> {
    const { settings } = await this.#stored()
    const { endUserFrom = 'header' } = this.#file
    return { ...effectiveRouting(this.#file, settings), endUserFrom, prices: this.#options.prices }
  }

  /** The settings for people. @throws as {@link applyFile} does */
  async view(): Promise<RoutingView> {
    const [stored, providers] = await Promise.all([this.#stored(), this.#options.service.providers()])
    const { settings } = stored
    return {
      ...effectiveRouting(this.#file, settings),
      overridden: routingFields.filter(
        field => this.#file[field] !== undefined && settings[field] !== undefined,
      ),
      configFile: this.#options.configFile,
      revision: revisionOf(stored, providers),
      providers: providers.map(({ name, vendor, enabled, priority, managedBy }) => ({
        ...{ name, vendor, enabled, priority, managedBy },
      })),
    }
  }

  /**
   * Replaces the settings that were made over the API, then changes priorities, which are stored elsewhere. If the database
   * fails between, or the answer is lost, the same update finishes it.
   * @throws QuotaError MANAGED_BY_FILE, REVISION_CHANGED, UNKNOWN_PROVIDER, STORE_UNAVAILABLE; DatabaseFailure
   */
  async update(update: RoutingUpdate, actor: string): Promise<RoutingView> {
    const { fact, service } = this.#options
    const [stored, providers] = await Promise.all([this.#stored(), service.providers()])
    for (const field of routingFields)
      if (update[field] !== undefined && this.#file[field] !== undefined) throw managedByFile(field, field)
    const changed = changedPriorities(providers, update.priorities ?? {})
    const updateDigest = digestOf(JSON.stringify(update))
    if (stored.updateDigest !== updateDigest) {
      if (!isExpected(update, revisionOf(stored, providers))) throw changedMeanwhile()
      const next = { ...this.#next(stored, update), updateDigest }
      const details = { ...changedRouting(stored.settings, next), ...priorityDetails(changed) }
      if (!(await fact.replace(stored.text, JSON.stringify(next), { actor, details })))
        throw changedMeanwhile()
    }
    await service.setPriorities(changed, actor)
    return this.view()
  }

  /** Settings that the file makes meanwhile stay stored. */
  #next({ settings, change }: Stored, update: RoutingUpdate): SomeRouting & { readonly change: number } {
    const file = this.#file
    const { strategy, maxWaitMs, aliases } = update
    return {
      change: change + 1,
      strategy: file.strategy === undefined ? strategy : settings.strategy,
      maxWaitMs: file.maxWaitMs === undefined ? maxWaitMs : settings.maxWaitMs,
      aliases: file.aliases === undefined ? aliases : settings.aliases,
    }
  }

  async #stored(): Promise<Stored> {
    const text = await this.#options.fact.read()
    if (text === null) return { text, settings: {}, change: 0 }
    const parsed = storedRoutingSchema.safeParse(jsonIn(text))
    if (parsed.success) {
      const { change, updateDigest, ...settings } = parsed.data
      return { text, settings, change, updateDigest }
    }
    // Calls go on without them.
    if (this.#unreadable !== text) {
      this.#unreadable = text
      const said = 'the stored settings of routing cannot be read and are not used: save them again'
      this.#options.log.error({ err: parsed.error }, said)
    }
    return { text, settings: {}, change: 0 }
  }
}

/** Whether nobody has changed what the update concerns: priorities only if it has some. */
function isExpected({ expectedRevision, priorities }: RoutingUpdate, current: string): boolean {
  if (priorities !== undefined) return expectedRevision === current
  return expectedRevision.split('-')[0] === current.split('-')[0]
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Of the stored settings, then of the priorities. */
function revisionOf({ text }: Stored, providers: readonly ProviderView[]): string {
  const priorities = providers.map(({ name, priority }) => [name, priority])
  return `${text === null ? 'none' : digestOf(text)}-${digestOf(JSON.stringify(priorities))}`
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** The providers whose priority differs, with the new one. @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE */
function changedPriorities(
  providers: readonly ProviderView[],
  priorities: Readonly<Record<string, number>>,
): readonly PriorityChange[] {
  const byName = new Map(providers.map(provider => [provider.name, provider]))
  return Object.entries(priorities).flatMap(([name, priority]) => {
    const field = `priorities.${name}`
    const before = byName.get(name)
    if (before === undefined) throw unknownProvider(name)
    if (before.priority === priority) return []
    if (before.managedBy === 'file') throw managedByFile(`the priority of "${name}"`, field)
    return [{ before, priority }]
  })
}

function priorityDetails(changed: readonly PriorityChange[]): Readonly<Record<string, unknown>> {
  return changed.length === 0 ? {} : { priorities: changed.map(({ before }) => before.name) }
}

/** @param field path in the input */
export function unknownProvider(name: string): QuotaError {
  const message = `unknown provider "${name}"; add it first, or name an existing one`
  return new QuotaError('UNKNOWN_PROVIDER', message, { field: `priorities.${name}` })
}

function managedByFile(what: string, field: string): QuotaError {
  const message = `${what} is managed by the configuration file; change it there`
  return new QuotaError('MANAGED_BY_FILE', message, { field })
}

function changedMeanwhile(): QuotaError {
  const message = 'routing was changed since it was read: read it again, and repeat the change'
  return new QuotaError('REVISION_CHANGED', message, { field: 'expectedRevision' })
}
