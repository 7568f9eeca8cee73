import { enterProvider } from '@quotakeeper/server-kit/sealing'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'
import { type EnteredKey, requireEncryption } from './enter-key.js'

type Client = TRPCClient<AppRouter>
type Limits = Parameters<Client['providers']['upsert']['mutate']>[0]['limits']

/** A provider to be made, with its key. */
export interface NewProvider {
  readonly name: string
  readonly vendor: string
  /** Secret. */
  readonly key: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
  /** Limits of a vendor's tier; null for those below. */
  readonly preset: string | null
  readonly limits: NonNullable<Limits>
  readonly pool: string | null
  /** Providers of the same account, which are to share its pool too. */
  readonly poolWith: readonly string[]
  readonly label: string | null
  readonly anyway: boolean
}

/** What became of the key of a new provider. */
export interface AddedKey extends EnteredKey {
  /** Why other providers of its account are not in its pool; null if they are. */
  readonly poolProblem: string | null
}

/**
 * Makes a provider with its key, or neither: one whose vendor does not accept the key is not kept.
 * @throws Error with a message for people
 */
export async function addProvider(client: Client, provider: NewProvider): Promise<AddedKey> {
  const { name, vendor, key, baseUrl, preset, limits, pool, label, anyway } = provider
  requireEncryption()
  if (pool !== null && preset === null) await ensurePool(client, pool)
  const made = {
    ...{ name, vendor, pool },
    ...(preset === null ? { limits } : {}),
    metadata: {
      ...(baseUrl === null ? {} : { baseUrl }),
      ...(preset === null ? {} : { preset }),
      ...(label === null ? {} : { label }),
    },
  }
  const answer = await enterProvider(client, made, { vendor, key, baseUrl, anyway })
  const isInPool = answer.entered !== null && pool !== null
  return { ...answer, poolProblem: isInPool ? await joinPool(client, pool, provider.poolWith) : null }
}

/** Takes providers into a pool. Returns why those that are not in it are not; null if all are. */
async function joinPool(client: Client, pool: string, names: readonly string[]): Promise<string | null> {
  const problems: string[] = []
  for (const name of names) {
    try {
      await client.providers.upsert.mutate({ name, pool })
    } catch (error) {
      // The new key is entered by now, and stays.
      const reason = error instanceof Error ? error.message : String(error)
      problems.push(`${name} is not in the pool ${pool}: ${reason}`)
    }
  }
  return problems.length === 0 ? null : problems.join('; ')
}

/** Makes a pool if there is none of this name. */
async function ensurePool(client: Client, name: string): Promise<void> {
  const { rows } = await client.pools.list.query({ pageSize: 10_000 })
  if (!rows.some(pool => pool.name === name)) await client.pools.upsert.mutate({ name, limits: [] })
}

/** `The vendor accepts it.`, or why not and what to do. */
export function checkText({ result, httpStatus, remedy }: Outputs['keys']['enter']['check']): string {
  const status = httpStatus === null ? '' : ` (HTTP ${httpStatus})`
  switch (result) {
    case 'ok':
      return 'The vendor accepts the key.'
    case 'limited':
      return 'The vendor accepts the key, but has no quota for it right now.'
    case 'unproven':
      return `The vendor’s answer does not prove the key${status}: only a call can.`
    default: {
      const title =
        result === 'no_money'
          ? 'No money at the vendor'
          : result === 'refused'
            ? 'The vendor refuses the key'
            : 'The key could not be checked'
      return `${title}${status}${remedy === null ? '' : `: ${remedy}`}.`
    }
  }
}
