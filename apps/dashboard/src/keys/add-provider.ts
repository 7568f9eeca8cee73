import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'
import type { Translate } from '../texts/translate.js'
import { type EnteredKey, enterKey } from './enter-key.js'

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

/**
 * Makes a provider with its key, or neither: one whose vendor does not accept the key is not kept.
 * @throws Error with a message for people
 */
export async function addProvider(t: Translate, client: Client, provider: NewProvider): Promise<EnteredKey> {
  const { name, vendor, key, baseUrl, preset, limits, pool, label, anyway } = provider
  if (pool !== null && preset === null) await ensurePool(client, pool)
  await client.providers.upsert.mutate({
    ...{ name, vendor, pool },
    ...(preset === null ? { limits } : {}),
    metadata: {
      ...(baseUrl === null ? {} : { baseUrl }),
      ...(preset === null ? {} : { preset }),
      ...(label === null ? {} : { label }),
    },
  })
  try {
    const answer = await enterKey(t, client, { providerName: name, vendor, key, baseUrl, anyway })
    if (answer.entered === null) await client.providers.remove.mutate({ name })
    else for (const other of provider.poolWith) await client.providers.upsert.mutate({ name: other, pool })
    return answer
  } catch (error) {
    await client.providers.remove.mutate({ name })
    throw error
  }
}

/** Makes a pool if there is none of this name. */
async function ensurePool(client: Client, name: string): Promise<void> {
  const { rows } = await client.pools.list.query({ pageSize: 10_000 })
  if (!rows.some(pool => pool.name === name)) await client.pools.upsert.mutate({ name, limits: [] })
}

/** `The vendor accepts it.`, or why not and what to do. */
export function checkText(
  t: Translate,
  { result, httpStatus, remedy }: Outputs['keys']['enter']['check'],
): string {
  const status = httpStatus === null ? '' : t('keys.status', { status: String(httpStatus) })
  switch (result) {
    case 'ok':
      return t('keyCheck.ok')
    case 'limited':
      return t('keyCheck.limited')
    case 'unproven':
      return t('keyCheck.unproven', { status })
    default: {
      const cause = result === 'no_money' ? 'noMoney' : result === 'refused' ? 'refused' : 'unchecked'
      return remedy === null
        ? t(`keyCheck.${cause}`, { status })
        : t(`keyCheck.${cause}Remedy`, { status, remedy })
    }
  }
}
