import type { KeyEntered, NewSealedKey, OfferedKeys, SealedKeys } from '@quotakeeper/db'
import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { PublicSealingKey, SealedFor } from '@quotakeeper/server-kit'
import { TRPCError } from '@trpc/server'
import { checkKey } from '../gateway/check-key.js'
import type { GatewayCalls } from '../gateway/gateway-calls.js'
import { routedProvider } from '../router/routed-provider.js'
import { choosePublicKey } from './choose-public-key.js'
import type { EnteredKey, EnteredNow, EnteredSealed, SealedAnswer } from './key-answers.js'
import { freshReportMs } from './keyless-providers.js'
import type { EnterInput, OfferInput } from './seal-input.js'
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
  /** The public half of that pair, base64url: to seal keys before they are sent. */
  readonly publicKey: string | null
}

interface KeySealingOptions {
  readonly rows: Pick<SealedKeys, 'put' | 'remove' | 'list' | 'revision' | 'ciphertexts' | 'offer' | 'offers'>
  readonly service: Pick<QuotaService, 'provider'>
  /** What gateways have reported. */
  readonly reported: Pick<KeyBook, 'list'>
  readonly gateway: Pick<GatewayCalls, 'ask'>
}

/** Results of a check with which a key is stored: the others are of no use. */
const accepted: readonly string[] = ['ok', 'limited', 'unproven']

/** Vendors' keys entered over the API: their senders seal them, so that only gateways can read them. */
export class KeySealing {
  readonly #options: KeySealingOptions

  constructor(options: KeySealingOptions) {
    this.#options = options
  }

  /** @throws QuotaError STORE_UNAVAILABLE */
  async state(): Promise<SealingState> {
    const { key, reason } = choosePublicKey(await this.#offers())
    return { isOn: key !== null, reason, keyPairId: key?.id ?? null, publicKey: key?.publicKey ?? null }
  }

  /**
   * Has a gateway check a key that only it can open, then stores it as it is, instead of the provider's earlier one.
   * @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE if the file names the provider's key, REVISION_CHANGED if it must
   *   be the provider's first and is not, STORE_UNAVAILABLE;
   *   TRPCError PRECONDITION_FAILED if keys cannot be entered, CONFLICT if it was sealed to another key than the current
   *   one, BAD_REQUEST if the gateway cannot open it, BAD_GATEWAY if the gateway does not answer
   */
  async enter(
    { anyway, onlyIf, ...sealed }: EnterInput,
    actor: string,
    signal?: AbortSignal,
  ): Promise<EnteredSealed> {
    const { providerName, ciphertext, keyPairId } = sealed
    const place = await this.#placeOf(providerName)
    const pair = await this.#publicKey()
    if (pair.id !== keyPairId)
      throw new TRPCError({
        code: 'CONFLICT',
        message: 'the gateways’ sealing key has changed: enter the key again',
      })
    const candidate = { providerName, sealed: { ciphertext, keyPairId } }
    const { fingerprint, ...checked } = await checkKey(this.#options.gateway, candidate, signal)
    if (fingerprint === null)
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: checked.remedy ?? 'the gateway cannot open the key: enter it again',
      })
    const { result, httpStatus, remedy } = checked
    const isStored = anyway || accepted.includes(result)
    const entered = isStored
      ? await this.#store(
          { ...place, ciphertext, fingerprint, keyPairId },
          { actor, onlyIfAbsent: onlyIf === 'absent' },
        )
      : null
    return { check: { result, httpStatus, remedy }, entered }
  }

  /** Where a provider's key is for. @throws QuotaError UNKNOWN_PROVIDER, MANAGED_BY_FILE, STORE_UNAVAILABLE */
  async #placeOf(providerName: string): Promise<SealedFor> {
    const provider = await this.#options.service.provider(providerName)
    const { vendor, baseUrl, fileNamesKey } = routedProvider(provider)
    if (fileNamesKey !== true) return { providerName, vendor, baseUrl }
    throw new QuotaError(
      'MANAGED_BY_FILE',
      `the configuration file names where the key of "${providerName}" is: change it there`,
    )
  }

  async #store(sealed: NewSealedKey, entered: KeyEntered): Promise<EnteredNow> {
    const sameAs = await this.#sameAs(sealed.fingerprint, sealed.providerName)
    return { ...(await this.#options.rows.put(sealed, entered)), sameAs }
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
