import { sealKey } from './seal-key.js'

/** A vendor's key, and what it is for. */
export interface KeyEntry {
  readonly providerName: string
  /** Secret; leaves this process sealed alone. */
  readonly key: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
  /** Whether to store it even if the vendor does not accept it. */
  readonly anyway: boolean
}

/** What becomes of a key: `entered` is null if it is not stored. */
interface Answered {
  readonly entered: unknown
}

/** The procedures of the API that keys are entered by. */
export interface KeyClient<Answer extends Answered> {
  readonly keys: {
    readonly entered: {
      query(): Promise<{
        readonly keyPairId: string | null
        readonly publicKey: string | null
        readonly reason: string | null
      }>
    }
    readonly enter: {
      mutate(sealed: {
        readonly providerName: string
        readonly ciphertext: string
        readonly keyPairId: string
        readonly anyway: boolean
      }): Promise<Answer>
    }
  }
}

/** The same, with the procedures that make and remove a provider. */
export interface ProviderClient<Provider, Answer extends Answered> extends KeyClient<Answer> {
  readonly providers: {
    readonly upsert: { mutate(provider: Provider): Promise<unknown> }
    readonly remove: { mutate(input: { readonly name: string }): Promise<unknown> }
  }
}

/**
 * Seals a key in this process, has a gateway check it, and stores it if the vendor accepts it. The API only passes it on.
 *
 * @throws Error with the remedy if no gateway offers a key to seal with; errors of the API
 */
export async function enterKey<Answer extends Answered>(
  client: KeyClient<Answer>,
  { providerName, vendor, key, baseUrl, anyway }: KeyEntry,
): Promise<Answer> {
  const { keyPairId, publicKey, reason } = await client.keys.entered.query()
  if (keyPairId === null || publicKey === null) throw new Error(reason ?? 'keys cannot be entered')
  const place = { providerName, vendor, baseUrl: baseUrl === null ? null : plainAddress(baseUrl) }
  const ciphertext = await sealKey(key.trim(), { publicKey }, place)
  return client.keys.enter.mutate({ providerName, ciphertext, keyPairId, anyway })
}

/**
 * Makes a provider with its key, or neither: one whose key is not stored is removed.
 *
 * @throws as {@link enterKey} does; Error that names the provider if it could not be removed either
 */
export async function enterProvider<Provider extends { readonly name: string }, Answer extends Answered>(
  client: ProviderClient<Provider, Answer>,
  provider: Provider,
  entry: Omit<KeyEntry, 'providerName'>,
): Promise<Answer> {
  const { name } = provider
  await client.providers.upsert.mutate(provider)
  let answer: Answer
  try {
    answer = await enterKey(client, { ...entry, providerName: name })
  } catch (error) {
    await removeAfter(client, name, error)
    throw error
  }
  if (answer.entered === null) await removeAfter(client, name, new Error('its key is not stored'))
  return answer
}

/** Removes the provider whose key could not be entered. @throws Error with both reasons if that fails too */
async function removeAfter<Provider>(
  client: Pick<ProviderClient<Provider, Answered>, 'providers'>,
  name: string,
  cause: unknown,
): Promise<void> {
  try {
    await client.providers.remove.mutate({ name })
  } catch (error) {
    throw new Error(
      `${textOf(cause)}; ${name} is there without a key, and could not be removed (${textOf(error)}): remove it`,
      { cause },
    )
  }
}

/** As the API stores it: without a final slash. */
export function plainAddress(address: string): string {
  return address.trim().replace(/\/+$/, '')
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
