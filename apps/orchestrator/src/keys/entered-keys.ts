import { setTimeout as pause } from 'node:timers/promises'
import type { SealedFor, SealingPair } from '@quotakeeper/server-kit'
import { ApiError } from '../api/api-error.js'
import type { QuotaApi, SealedKey } from '../api/quota-api.js'
import type { Log } from '../log.js'

/** A key that was entered over the API, as far as this gateway can read it. */
export type EnteredKey =
  /** What it was sealed for, which its ciphertext proves. */
  | (Pick<SealedFor, 'vendor' | 'baseUrl'> & { readonly key: string; readonly reason: null })
  | { readonly key: null; readonly reason: string }

/** How often the API is asked for changes. */
const everyMs = 1_000
/** The same at an API of the release before, which has no entered keys. */
const withoutMs = 60_000
/** How often the public keys are offered; the API takes those of the last minute. */
const offerEveryMs = 15_000

interface EnteredKeysOptions {
  readonly api: Pick<QuotaApi, 'sealedKeys' | 'offerSealingKeys'>
  /** The first is offered to seal with. */
  readonly pairs: readonly SealingPair[]
  /** Name of this gateway, stable across restarts. */
  readonly gateway: string
  readonly log: Log
}

/**
 * The keys that were entered over the API: read when they change, within a second or two, and opened here. One that
 * cannot be opened is reported with its reason; the others are used.
 */
export class EnteredKeys {
  readonly #options: EnteredKeysOptions
  readonly #ending = new AbortController()
  #openedByText: ReadonlyMap<string, EnteredKey> = new Map()
  #keys: ReadonlyMap<string, EnteredKey> = new Map()
  #revision: string | null = null
  #offeredAtMs = Number.NEGATIVE_INFINITY
  #isFailing = false
  #going: Promise<void> | null = null
  #everyMs = everyMs

  constructor(options: EnteredKeysOptions) {
    this.#options = options
  }

  /** By the provider's name. */
  current(): ReadonlyMap<string, EnteredKey> {
    return this.#keys
  }

  /** Opens one key of others than the API's list, such as one that is to be checked before it is entered. */
  openOne(sealed: SealedKey): Promise<EnteredKey> {
    return openOne(sealed, this.#options.pairs)
  }

  /** How many of them cannot be opened. */
  unopenedCount(): number {
    return [...this.#keys.values()].filter(({ key }) => key === null).length
  }

  /** Reads them once, then continues. Never rejects. @param onChange called after each change */
  async start(onChange: () => void): Promise<void> {
    await this.#look()
    this.#going = this.#goOn(onChange)
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#going
  }

  async #goOn(onChange: () => void): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      await pause(this.#everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      if (await this.#look()) onChange()
    }
  }

  /** @returns whether they have changed */
  async #look(): Promise<boolean> {
    const { api, log } = this.#options
    try {
      await this.#offer()
      const { revision, keys } = await api.sealedKeys(this.#revision)
      this.#everyMs = everyMs
      this.#isFailing = false
      if (keys === null) return false
      await this.#open(keys)
      this.#revision = revision
      return true
    } catch (error) {
      const isOlderApi = error instanceof ApiError && error.code === 'NOT_FOUND'
      this.#everyMs = isOlderApi ? withoutMs : everyMs
      if (!isOlderApi && !this.#isFailing)
        log.warn({ err: error }, 'reading entered keys from the API failed: those known stay in use')
      this.#isFailing = !isOlderApi
      return false
    }
  }

  async #offer(): Promise<void> {
    if (performance.now() - this.#offeredAtMs < offerEveryMs) return
    const { api, gateway, pairs } = this.#options
    await api.offerSealingKeys({ gateway, publicKeys: pairs.map(({ id, publicKey }) => ({ id, publicKey })) })
    this.#offeredAtMs = performance.now()
  }

  async #open(sealed: readonly SealedKey[]): Promise<void> {
    const keys = new Map<string, EnteredKey>()
    const openedByText = new Map<string, EnteredKey>()
    for (const one of sealed) {
      const text = JSON.stringify(one)
      const opened = this.#openedByText.get(text) ?? (await openOne(one, this.#options.pairs))
      openedByText.set(text, opened)
      keys.set(one.providerName, opened)
    }
    this.#openedByText = openedByText
    this.#keys = keys
  }
}

async function openOne(
  { ciphertext, keyPairId, ...place }: SealedKey,
  pairs: readonly SealingPair[],
): Promise<EnteredKey> {
  const pair = pairs.find(({ id }) => id === keyPairId)
  if (pair === undefined)
    return {
      key: null,
      reason: `its entered key cannot be opened: the secret of key pair ${keyPairId} is not in QUOTA_SEALING_KEY. Add it, or enter the key again`,
    }
  const { vendor, baseUrl } = place
  try {
    return { key: await pair.open(ciphertext, place), vendor, baseUrl, reason: null }
  } catch {
    // The library's error says nothing more.
    return {
      key: null,
      reason:
        'its entered key cannot be opened: it was sealed for another provider or address, or changed since. Enter the key again',
    }
  }
}
