import { connect, type Inputs, type Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { quotaCodeOf } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import type { Session } from '../session.js'

type Upsert = Inputs['providers']['upsert']
type Answer = Outputs['keys']['enter']

/** What became of a key that is stored. */
export interface StoredKey {
  readonly check: Answer['check']
  readonly entered: NonNullable<Answer['entered']>
}

/** A key, and what it is for. */
interface Key {
  /** Secret; leaves this process sealed alone. */
  readonly key: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
  /** Whether to store it even if the vendor does not accept it. */
  readonly anyway: boolean
}

/** Longer than the 20 s that the API gives a gateway to check a key. */
const timeoutMs = 30_000

/** @throws Failure with the remedy if keys cannot be entered */
export async function requireSealing({ client }: Session): Promise<void> {
  const { reason } = await client.keys.entered.query()
  if (reason !== null) throw new Failure(reason, exitCodes.failed)
}

/**
 * Makes a provider with its key, or neither.
 * @param sample the sample of its name, which stays as it is if the key is not stored; null without one
 * @throws Failure with the remedy if the vendor does not accept the key; errors of the API
 */
export async function addProvider(
  session: Session,
  provider: Upsert,
  key: Key,
  sample: { readonly vendor: string } | null,
): Promise<StoredKey> {
  // Only here: the other commands start without it.
  const { enterProvider } = await import('@quotakeeper/server-kit/sealing')
  return stored(provider.name, await enterProvider(clientOf(session), provider, key, sample))
}

/** Replaces the key of a provider. @throws as {@link addProvider} does */
export async function replaceKey(session: Session, name: string, key: Key): Promise<StoredKey> {
  const { enterKey } = await import('@quotakeeper/server-kit/sealing')
  return stored(name, await enterKey(clientOf(session), { ...key, providerName: name }))
}

/** What the vendor answered to a stored key. */
export function checkText({ result, remedy }: Answer['check']): string {
  const why = remedy === null ? '' : `: ${remedy}`
  return result === 'ok' ? 'its vendor accepts the key' : `the check of its key says "${result}"${why}`
}

/** A pool that a provider is to join. */
export interface JoinedPool {
  readonly name: string
  readonly isNew: boolean
  readonly isUnlimited: boolean
}

/** A pool as it is now. */
export async function poolToJoin({ client }: Session, name: string): Promise<JoinedPool> {
  const pool = (await everyRow(page => client.pools.list.query(page))).find(each => each.name === name)
  return { name, isNew: pool === undefined, isUnlimited: pool === undefined || pool.limits.length === 0 }
}

/** Makes a pool if there is none of this name. Returns what it was before. */
export async function ensurePool(session: Session, name: string): Promise<JoinedPool> {
  const pool = await poolToJoin(session, name)
  if (!pool.isNew) return pool
  try {
    await session.client.pools.upsert.mutate({ name, limits: [], onlyIf: 'absent' })
    return pool
  } catch (error) {
    // Somebody else has made it meanwhile: it keeps its limits.
    if (quotaCodeOf(error) === 'NAME_TAKEN') return poolToJoin(session, name)
    throw error
  }
}

function clientOf({ api, signal }: Session) {
  return connect(api, signal, timeoutMs)
}

function stored(name: string, { check, entered }: Answer): StoredKey {
  if (entered !== null) return { check, entered }
  const why = check.remedy === null ? '' : `: ${check.remedy}`
  throw new Failure(
    `the key of ${name} is not entered, since its check says "${check.result}"${why}; --anyway enters it`,
    exitCodes.failed,
  )
}
