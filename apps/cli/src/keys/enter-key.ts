import { askKeys, gatewayUrl } from '../api/ask-keys.js'
import type { Inputs, Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { exitCodes, Failure } from '../failure.js'
import type { Session } from '../session.js'

type Upsert = Inputs['providers']['upsert']

/** How a key is checked before it is entered. */
export interface CheckOptions {
  /** False for `--no-check`. */
  readonly check: boolean
  readonly gatewayUrl?: string
}

/** @throws Failure with the remedy if keys cannot be entered */
export async function requireSealing({ client }: Session): Promise<void> {
  const { reason } = await client.keys.entered.query()
  if (reason !== null) throw new Failure(reason, exitCodes.failed)
}

/** @throws Failure with the remedy if the vendor does not accept the key */
export async function checkKey(
  session: Session,
  { providerName, key }: { readonly providerName: string; readonly key: string },
  options: CheckOptions,
): Promise<void> {
  if (!options.check) return
  const { keys } = await askKeys(session, providerName, gatewayUrl(session, options), key)
  const [checked] = keys
  if (checked === undefined || ['ok', 'limited', 'unproven'].includes(checked.result)) return
  const why = checked.remedy === null ? '' : `: ${checked.remedy}`
  throw new Failure(
    `the key of ${providerName} is not entered, since its check says "${checked.result}"${why}; --no-check enters it anyway`,
    exitCodes.failed,
  )
}

/** Makes a provider with its key, or neither. @throws Failure with the remedy; errors of the API */
export async function addProvider(
  session: Session,
  {
    provider,
    key,
    options,
  }: { readonly provider: Upsert; readonly key: string; readonly options: CheckOptions },
): Promise<Outputs['keys']['seal']> {
  const { client } = session
  const { name } = provider
  await client.providers.upsert.mutate(provider)
  try {
    await checkKey(session, { providerName: name, key }, options)
    return await client.keys.seal.mutate({ providerName: name, key })
  } catch (error) {
    await client.providers.remove.mutate({ name })
    throw error
  }
}

/** Makes a pool if there is none of this name. */
export async function ensurePool({ client }: Session, name: string): Promise<void> {
  const pools = await everyRow(page => client.pools.list.query(page))
  if (!pools.some(pool => pool.name === name)) await client.pools.upsert.mutate({ name, limits: [] })
}
