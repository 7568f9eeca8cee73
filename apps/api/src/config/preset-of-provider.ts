import {
  type Limit,
  type ProviderRequest,
  type ProviderView,
  type QuotaService,
  unchangedProvider,
} from '@quotakeeper/quota-core'
import { presetLimits } from '@quotakeeper/vendors'
import type { Log } from '../log.js'
import { onLatest, unlessChanged, unlessGone } from './apply-change.js'
import { limitsOfPreset } from './limits-of-preset.js'

type Service = Pick<QuotaService, 'providers' | 'pools' | 'upsertProvider' | 'upsertPool'>
type Maxima = Readonly<Record<string, number | null>>

/**
 * A request with the limits of the preset in its metadata, unless it has limits of its own or the provider has the preset
 * already. They are the pool's, if it has one: then a pool without limits gets them, or a new pool.
 * @param before the provider as it is; null for a new one
 * @throws QuotaError INVALID_INPUT, UNKNOWN_POOL, MANAGED_BY_FILE, STORE_UNAVAILABLE
 */
export async function withPreset(
  request: ProviderRequest,
  before: ProviderView | null,
  { service, actor }: { readonly service: Service; readonly actor: string },
): Promise<ProviderRequest> {
  const { metadata, limits } = request
  const name = metadata?.['preset']
  if (typeof name !== 'string' || limits !== undefined || before?.metadata['preset'] === name) return request
  const pool = request.pool === undefined ? (before?.pool ?? null) : request.pool
  const given = limitsOfPreset(name)
  const withMaxima = { ...metadata, presetLimits: maximaOf(given) }
  if (pool === null) return { ...request, limits: given, metadata: withMaxima }
  const known = (await service.pools()).find(other => other.name === pool)
  const settings = poolRequest(pool, given, presetLimits(name)?.timeZone)
  const by = { actor, managedBy: 'api' } as const
  // One that somebody makes or changes meanwhile keeps its limits.
  if (known === undefined) await unlessChanged(service.upsertPool({ ...settings, onlyIf: 'absent' }, by))
  else if (known.limits.length === 0)
    await unlessChanged(service.upsertPool({ ...settings, ...asRead(known), onlyIf: 'exists' }, by))
  return { ...request, limits: [], metadata: withMaxima }
}

/**
 * Makes providers follow their presets if a release has changed the figures. Limits that were changed by hand stay.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function followPresets(
  service: Service,
  log: Log & { info(details: object, text: string): void },
): Promise<void> {
  for (const read of await service.providers()) {
    if (behindOf(read) === null) continue
    // What others change meanwhile stays: the preset is followed from there.
    const result = await onLatest(async () => {
      const now = (await service.providers()).find(({ name }) => name === read.name)
      return now === undefined ? null : followPreset(service, now)
    })
    if (result === null || result.changed.length === 0) continue
    const { preset, changed } = result
    log.info(
      { provider: read.name, preset, lookedUpOn: presetLimits(preset)?.sources[0]?.lookedUpOn, changed },
      `${read.pool ?? read.name}: limits follow the changed figures of ${preset}`,
    )
  }
}

/** The preset of a provider whose figures a release has changed; null if its limits follow it, or follow none. */
function behindOf({ metadata, managedBy }: ProviderView): Behind | null {
  const { preset, presetLimits: stored } = metadata
  const before = maximaIn(stored)
  if (managedBy === 'file' || typeof preset !== 'string' || before === null) return null
  const now = limitsOfPreset(preset)
  // A preset that this release does not know leaves the limits as they are.
  return now.length === 0 || isSame(before, maximaOf(now)) ? null : { preset, before, now }
}

interface Behind {
  readonly preset: string
  readonly before: Maxima
  readonly now: readonly Limit[]
}

/** Null if there is nothing to change. @throws QuotaError REVISION_CHANGED, STORE_UNAVAILABLE */
async function followPreset(
  service: Service,
  provider: ProviderView,
): Promise<{ readonly preset: string; readonly changed: readonly string[] } | null> {
  const behind = behindOf(provider)
  const { name, metadata, pool } = provider
  const owner = pool === null ? provider : (await service.pools()).find(other => other.name === pool)
  if (behind === null || owner === undefined) return null
  const by = { actor: 'preset', managedBy: 'unchanged' } as const
  const { limits, changed } = followed(owner.limits, behind.before, behind.now)
  if (pool !== null && owner.managedBy !== 'file')
    await unlessGone(
      service.upsertPool({ ...poolRequest(pool, limits, undefined), ...asRead(owner), onlyIf: 'exists' }, by),
    )
  const request: ProviderRequest = {
    ...{ ...unchangedProvider, name, metadata: { ...metadata, presetLimits: maximaOf(behind.now) } },
    ...asRead(provider),
    limits: pool === null ? limits : undefined,
    onlyIf: 'exists',
  }
  const isChanged = await unlessGone(service.upsertProvider(request, by))
  return isChanged ? { preset: behind.preset, changed } : null
}

/** A condition of a change: nobody else has changed it since it was read. */
export function asRead({ updatedAt }: Pick<ProviderView, 'updatedAt'>): {
  readonly expectedUpdatedAtMs: number
} {
  return { expectedUpdatedAtMs: Date.parse(updatedAt) }
}

/** Replaces limits that still have the former figure of the preset. */
function followed(
  limits: readonly Limit[],
  before: Maxima,
  now: readonly Limit[],
): { readonly limits: readonly Limit[]; readonly changed: readonly string[] } {
  const next = new Map(now.map(limit => [limit.id, limit]))
  const changed: string[] = []
  const kept = limits.flatMap((limit): readonly Limit[] => {
    const isOwn = !Object.hasOwn(before, limit.id) || before[limit.id] !== limit.max
    const after = next.get(limit.id)
    if (isOwn || after?.max === limit.max) return [limit]
    changed.push(`${limit.id}: ${limit.max} → ${after?.max ?? 'removed'}`)
    return after === undefined ? [] : [after]
  })
  const added = now.filter(({ id }) => !Object.hasOwn(before, id) && !limits.some(limit => limit.id === id))
  return {
    limits: [...kept, ...added],
    changed: [...changed, ...added.map(({ id, max }) => `${id}: ${max}`)],
  }
}

function poolRequest(name: string, limits: readonly Limit[], timeZone: string | undefined) {
  return {
    name,
    limits,
    timeZone,
    dayStartsAt: undefined,
    monthStartsOn: undefined,
    thresholdsPercent: undefined,
  }
}

function maximaOf(limits: readonly Limit[]): Maxima {
  return Object.fromEntries(limits.map(({ id, max }) => [id, max]))
}

/** Null for anything else. */
function maximaIn(value: unknown): Maxima | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  // The API writes it; a figure of another kind never equals a limit.
  return value as Maxima
}

function isSame(left: Maxima, right: Maxima): boolean {
  const ids = Object.keys({ ...left, ...right })
  return ids.every(id => left[id] === right[id])
}
