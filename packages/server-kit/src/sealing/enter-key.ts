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
  /** `'absent'`: not if somebody else has entered one. */
  readonly onlyIf?: 'absent'
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
        readonly onlyIf?: 'absent'
      }): Promise<Answer>
    }
  }
}

/** The same, with the procedures that make and remove a provider. */
export interface ProviderClient<Provider, Answer extends Answered> {
  readonly keys: KeyClient<Answer>['keys'] & {
    readonly remove: { mutate(input: { readonly providerName: string }): Promise<unknown> }
  }
  readonly providers: {
    readonly upsert: {
      mutate(provider: Provider & { readonly onlyIf: 'exists' | 'absent' }): Promise<{
        /** ISO-8601. */
        readonly updatedAt: string
      }>
    }
    readonly remove: {
      mutate(input: { readonly name: string; readonly expectedUpdatedAt: string }): Promise<unknown>
    }
  }
}

/**
 * Seals a key in this process, has a gateway check it, and stores it if the vendor accepts it. The API only passes it on.
 *
 * @throws Error with the remedy if no gateway offers a key to seal with; errors of the API
 */
export async function enterKey<Answer extends Answered>(
  client: KeyClient<Answer>,
  { providerName, vendor, key, baseUrl, ...how }: KeyEntry,
): Promise<Answer> {
  const { keyPairId, publicKey, reason } = await client.keys.entered.query()
  if (keyPairId === null || publicKey === null) throw new Error(reason ?? 'keys cannot be entered')
  const place = { providerName, vendor, baseUrl: baseUrl === null ? null : plainAddress(baseUrl) }
  const ciphertext = await sealKey(key.trim(), { publicKey }, place)
  return client.keys.enter.mutate({ providerName, ciphertext, keyPairId, ...how })
}

/**
 * Makes a provider with its key, or neither: one whose key is not stored is removed, unless somebody else has changed it
 * or made another of its name since. Where a sample has its name, the key is entered first, so that the sample stays as it
 * was if the key is not stored.
 *
 * @param sample the sample of this name; null without one
 * @throws as {@link enterKey} does; the API's error, NAME_TAKEN, if there is a provider of this name; Error that names what
 *   could not be undone; Error if the sample is of another vendor or address, for which its key could not be entered
 */
export async function enterProvider<Provider extends { readonly name: string }, Answer extends Answered>(
  client: ProviderClient<Provider, Answer>,
  provider: Provider,
  entry: Omit<KeyEntry, 'providerName'>,
  sample: { readonly vendor: string } | null,
): Promise<Answer> {
  const { name } = provider
  const keyEntry = { ...entry, providerName: name }
  if (sample !== null) return replaceSample(client, provider, keyEntry, sample.vendor)
  const { updatedAt } = await client.providers.upsert.mutate({ ...provider, onlyIf: 'absent' })
  const left: Left = {
    name: `${name} is there without a key`,
    undo: () => removeUnlessChanged(client, { name, expectedUpdatedAt: updatedAt }),
  }
  const answer = await orUndo(() => enterKey(client, keyEntry), left)
  if (answer.entered === null) await undoAfter(new Error('its key is not stored'), left)
  return answer
}

/** The provider of somebody else stays. @throws errors of the API */
async function removeUnlessChanged<Provider, Answer extends Answered>(
  { providers }: ProviderClient<Provider, Answer>,
  made: { readonly name: string; readonly expectedUpdatedAt: string },
): Promise<void> {
  try {
    await providers.remove.mutate(made)
  } catch (error) {
    if (!isRefusal(error, 'REVISION_CHANGED')) throw error
  }
}

async function replaceSample<Provider, Answer extends Answered>(
  client: ProviderClient<Provider, Answer>,
  provider: Provider,
  entry: KeyEntry,
  sampleVendor: string,
): Promise<Answer> {
  const { providerName, vendor, baseUrl } = entry
  if (vendor !== sampleVendor || baseUrl !== null)
    throw new Error(
      `${providerName} is a sample of ${sampleVendor}, at the address of ${sampleVendor}: choose another name`,
    )
  // Of two who replace it at once, the second must not replace the first's key.
  const answer = await enterKey(client, { ...entry, onlyIf: 'absent' })
  if (answer.entered === null) return answer
  await orUndo(() => client.providers.upsert.mutate({ ...provider, onlyIf: 'exists' }), {
    name: `the sample ${providerName} has the key`,
    undo: () => client.keys.remove.mutate({ providerName }),
  })
  return answer
}

/** What an earlier step has left, which a later one that fails takes back. */
interface Left {
  /** For an error, should that fail too. */
  readonly name: string
  readonly undo: () => Promise<unknown>
}

/** @throws that of the step; as {@link undoAfter} does */
async function orUndo<Result>(step: () => Promise<Result>, left: Left): Promise<Result> {
  try {
    return await step()
  } catch (cause) {
    await undoAfter(cause, left)
    throw cause
  }
}

/** @throws Error with both reasons if it fails */
async function undoAfter(cause: unknown, { name, undo }: Left): Promise<void> {
  try {
    await undo()
  } catch (error) {
    throw new Error(`${textOf(cause)}; ${name}, and could not be removed (${textOf(error)}): remove it`, {
      cause,
    })
  }
}

/** As the API stores it: without a final slash. */
export function plainAddress(address: string): string {
  return address.trim().replace(/\/+$/, '')
}

/** Whether the API has refused a call with this code. */
export function isRefusal(error: unknown, code: string): boolean {
  if (!(error instanceof Error) || !('data' in error)) return false
  const { data } = error
  return typeof data === 'object' && data !== null && 'quotaCode' in data && data.quotaCode === code
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
