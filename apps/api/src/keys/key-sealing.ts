import type { OfferedKeys, SealedKeys } from '@quotakeeper/db'
import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import { keyFingerprint, type PublicSealingKey, sealKey } from '@quotakeeper/server-kit'
import { TRPCError } from '@trpc/server'
import { routedProvider } from '../router/routed-provider.js'
import { choosePublicKey } from './choose-public-key.js'
import type { EnteredKey, EnteredNow, SealedAnswer } from './key-answers.js'
import { freshReportMs } from './keyless-providers.js'
import type { OfferInput, SealInput } from './seal-input.js'
import type { KeyBook } from './take-key-report.js'

/** Gateways offer their keys every 15 s; one that has not for this long is gone. */
const freshOfferMs = 60_000

/** Whether keys can be entered. */
export interface SealingState {
  readonly isOn: boolean
  /** Why not, with the remedy; null if they can. */
  readonly reason: string | null
  /** The id of the key pair that new keys are sealed with; null if they cannot be entered. */
  readonly keyPairId: string | null
}

interface KeySealingOptions {
  readonly rows: Pick<SealedKeys, 'put' | 'remove' | 'list' | 'revision' | 'ciphertexts' | 'offer' | 'offers'>
  readonly service: Pick<QuotaService, 'provider'>
  /** What gateways have reported. */
  readonly reported: Pick<KeyBook, 'list'>
  /** Of fingerprints. */
  readonly salt: string
}

/** Vendors' keys entered over the API: sealed on arrival, so that only gateways can read them. */
export class KeySealing {
  readonly #options: KeySealingOptions

  constructor(options: KeySealingOptions) {
    this.#options = options
  }

  /** @throws QuotaError STORE_UNAVAILABLE */
  async state(): Promise<SealingState> {
    const { key, reason } = choosePublicKey(await this.#offers())
    return { isOn: key !== null, reason, keyPairId: key?.id ?? null }
  }

  /**
   * Stores a provider's key, which replaces its earlier one.
   * @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE if the file names the provider's key, STORE_UNAVAILABLE;
   *   TRPCError PRECONDITION_FAILED if keys cannot be entered
   */
  async seal({ providerName, key }: SealInput, actor: string): Promise<EnteredNow> {
    const { rows, service, salt } = this.#options
    const { vendor, baseUrl, fileNamesKey } = routedProvider(await service.provider(providerName))
    if (fileNamesKey === true)
      throw new QuotaError(
        'MANAGED_BY_FILE',
        `the configuration file names where the key of "${providerName}" is: change it there`,
      )
    const pair = await this.#publicKey()
    const ciphertext = await sealKey(key, pair, { providerName, vendor, baseUrl })
    const fingerprint = keyFingerprint(key, salt)
    const sameAs = await this.#sameAs(fingerprint, providerName)
    const sealed = { providerName, ciphertext, fingerprint, keyPairId: pair.id, vendor, baseUrl }
    return { ...(await rows.put(sealed, actor)), sameAs }
  }

  /** @returns whether there was one @throws QuotaError STORE_UNAVAILABLE */
  remove(providerName: string, actor: string): Promise<boolean> {
    return this.#options.rows.remove(providerName, actor)
  }

  /** @throws QuotaError STORE_UNAVAILABLE */
  list(): Promise<readonly EnteredKey[]> {
    return this.#options.rows.list()
  }

  /** For gateways. @throws QuotaError STORE_UNAVAILABLE */
  async sealed(known: string | null): Promise<SealedAnswer> {
    const { rows } = this.#options
    // Before the keys: a key that is entered meanwhile is read again, rather than missed.
    const revision = await rows.revision()
    return { revision, keys: revision === known ? null : await rows.ciphertexts() }
  }

  /** @throws QuotaError STORE_UNAVAILABLE */
  offer(offer: OfferInput): Promise<void> {
    return this.#options.rows.offer(offer)
  }

  #offers(): Promise<readonly OfferedKeys[]> {
    return this.#options.rows.offers(freshOfferMs)
  }

  async #sameAs(fingerprint: string, providerName: string): Promise<string | null> {
    const { rows, reported } = this.#options
    const known = [...(await rows.list()), ...(await reported.list(null, freshReportMs))]
    const same = known.find(key => key.fingerprint === fingerprint && key.providerName !== providerName)
    return same?.providerName ?? null
  }

  async #publicKey(): Promise<PublicSealingKey> {
    const { key, reason } = choosePublicKey(await this.#offers())
    if (key === null) throw new TRPCError({ code: 'PRECONDITION_FAILED', message: reason })
    return key
  }
}
