import { enterProvider, isRefusal } from '@quotakeeper/server-kit/sealing'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'
import type { Translate } from '../texts/translate.js'
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
  /** The sample of this name; null without one. */
  readonly sample: { readonly vendor: string } | null
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
export async function addProvider(t: Translate, client: Client, provider: NewProvider): Promise<AddedKey> {
  const { name, vendor, key, baseUrl, preset, limits, pool, label, anyway, sample } = provider
  requireEncryption(t)
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
  const answer = await enterProvider(client, made, { vendor, key, baseUrl, anyway }, sample)
  const isInPool = answer.entered !== null && pool !== null
  return { ...answer, poolProblem: isInPool ? await joinPool(t, client, pool, provider.poolWith) : null }
}

/** Takes providers into a pool. Returns why those that are not in it are not; null if all are. */
async function joinPool(
  t: Translate,
  client: Client,
  pool: string,
  names: readonly string[],
): Promise<string | null> {
  const problems: string[] = []
  for (const name of names) {
    try {
      await client.providers.upsert.mutate({ name, pool, onlyIf: 'exists' })
    } catch (error) {
      // The new key is entered by now, and stays.
      const reason = error instanceof Error ? error.message : String(error)
      problems.push(t('addKey.notInPool', { name, pool, reason }))
    }
  }
  return problems.length === 0 ? null : problems.join(t('formats.semicolon'))
}

/** Makes a pool if there is none of this name. */
async function ensurePool(client: Client, name: string): Promise<void> {
  const { rows } = await client.pools.list.query({ pageSize: 10_000 })
  if (rows.some(pool => pool.name === name)) return
  try {
    await client.pools.upsert.mutate({ name, limits: [], onlyIf: 'absent' })
  } catch (error) {
    // Somebody else has made it meanwhile: it keeps its limits.
    if (!isRefusal(error, 'NAME_TAKEN')) throw error
  }
}

/** What became of a key, with what is to be known of it: another provider has the same, or keys of its account are apart. */
export function addedText(t: Translate, { check, entered, poolProblem }: AddedKey): string {
  return [
    checkText(t, check),
    ...(entered?.sameAs == null ? [] : [t('keys.sameKey', { name: entered.sameAs })]),
    ...(poolProblem === null ? [] : [poolProblem]),
  ].join(' ')
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
