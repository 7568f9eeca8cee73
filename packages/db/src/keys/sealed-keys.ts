import { QuotaError } from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'

/** Most keys that are stored. */
const maxKeys = 10_000
/** After this long without an offer, a gateway is forgotten. */
const keptOfferHours = 24
/** Gateways that are stored at most: those that have offered last. */
const maxGateways = 100

/** A vendor's key, encrypted. */
export interface NewSealedKey {
  readonly providerName: string
  /** Base64url. */
  readonly ciphertext: string
  /** Of the key, salted. */
  readonly fingerprint: string
  readonly keyPairId: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
}

/** Who enters a key, and on which condition. */
export interface KeyEntered {
  readonly actor: string
  /** Whether the provider must have none. */
  readonly onlyIfAbsent: boolean
}

/** The same without its ciphertext, as it is shown. */
export interface KeptSealedKey extends Omit<NewSealedKey, 'ciphertext'> {
  /** ISO-8601. */
  readonly enteredAt: string
  readonly enteredBy: string
}

/** The same as gateways read it. */
export type StoredSealedKey = Omit<NewSealedKey, 'fingerprint'>

/** The public keys that a gateway offers, the one to seal with first. */
export interface OfferedKeys {
  readonly gateway: string
  readonly publicKeys: readonly { readonly id: string; readonly publicKey: string }[]
}

/** The vendors' keys that were entered over the API, encrypted: only gateways have the secrets that decrypt them. */
export class SealedKeys {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Stores or replaces a provider's key, and writes the audit log.
   * @throws QuotaError REVISION_CHANGED if it must be the provider's first and is not, INVALID_INPUT beyond 10,000 keys,
   *   STORE_UNAVAILABLE; DatabaseFailure
   */
  async put(key: NewSealedKey, entered: KeyEntered): Promise<KeptSealedKey> {
    const [rows = [], [earlier] = []] = await this.#run(putKey(key, entered), keyOf(key.providerName))
    const [row] = rows
    if (row !== undefined) return keptKey(row)
    if (entered.onlyIfAbsent && earlier !== undefined)
      throw new QuotaError(
        'REVISION_CHANGED',
        `a key of provider "${key.providerName}" has been entered meanwhile: look at it again`,
      )
    throw new QuotaError(
      'INVALID_INPUT',
      `there are ${maxKeys} entered keys, the most that are stored: remove one, or name a variable (apiKeyEnv)`,
    )
  }

  /** Removes a provider's key, and writes the audit log. @returns whether there was one @throws as {@link put} does */
  async remove(providerName: string, actor: string): Promise<boolean> {
    const [rows = []] = await this.#run({
      name: 'remove-sealed-key',
      text: `with gone as (delete from sealed_key where provider_name = $1 returning *)
        insert into audit_log (at, actor, action, subject_kind, subject_name, details)
        select clock_timestamp(), $2, 'keys.remove', 'provider', provider_name, '{}'::jsonb from gone
        returning subject_name`,
      values: [providerName, actor],
    })
    return rows.length > 0
  }

  /** All of them, without ciphertexts, by provider. @throws as {@link put} does */
  async list(): Promise<readonly KeptSealedKey[]> {
    const [rows = []] = await this.#run({
      name: 'list-sealed-keys',
      text: `select ${shownColumns} from sealed_key order by provider_name collate "C" limit ${maxKeys}`,
      values: [],
    })
    return rows.map(keptKey)
  }

  /**
   * Changes whenever a key is entered, replaced or removed. Made of every key's revision: keys that are replaced at once
   * may be committed in another order than they got theirs, and the highest would stay the same.
   * @throws as {@link put} does
   */
  async revision(): Promise<string> {
    const [rows = []] = await this.#run({
      name: 'sealed-keys-revision',
      text: `select md5(coalesce(string_agg(revision::text, ',' order by revision), '')) as revision from sealed_key`,
      values: [],
    })
    return String(rows[0]?.['revision'])
  }

  /** For gateways. @throws as {@link put} does */
  async ciphertexts(): Promise<readonly StoredSealedKey[]> {
    const [rows = []] = await this.#run({
      name: 'read-sealed-keys',
      text: `select provider_name, ciphertext, key_pair_id, vendor, base_url from sealed_key limit ${maxKeys}`,
      values: [],
    })
    return rows.map(row => ({ ...boundOf(row), ciphertext: String(row['ciphertext']) }))
  }

  /** Replaces what a gateway offers, and forgets gateways that offer no more. @throws as {@link put} does */
  async offer({ gateway, publicKeys }: OfferedKeys): Promise<void> {
    await this.#run(
      {
        name: 'offer-sealing-keys',
        text: `insert into sealing_offer (gateway, public_keys, offered_at)
          values ($1, $2::jsonb, clock_timestamp())
          on conflict (gateway) do update set public_keys = excluded.public_keys, offered_at = excluded.offered_at`,
        values: [gateway, JSON.stringify(publicKeys)],
      },
      {
        name: 'forget-sealing-offers',
        // Rows that their gateways are renewing are left: two that come back after a day would wait for each other.
        text: `delete from sealing_offer where gateway in (
            select gateway from sealing_offer
            where offered_at < clock_timestamp() - interval '${keptOfferHours} hours' or gateway in (
              select gateway from sealing_offer order by offered_at desc, gateway offset ${maxGateways})
            for update skip locked)`,
        values: [],
      },
    )
  }

  /** What gateways have offered within this time, the newest first. @throws as {@link put} does */
  async offers(withinMs: number): Promise<readonly OfferedKeys[]> {
    const [rows = []] = await this.#run({
      name: 'sealing-offers',
      text: `select gateway, public_keys::text as public_keys from sealing_offer
        where offered_at >= clock_timestamp() - $1::bigint * interval '1 millisecond' order by offered_at desc, gateway`,
      values: [withinMs],
    })
    return rows.map(row => ({
      gateway: String(row['gateway']),
      // Written by `offer` alone.
      publicKeys: JSON.parse(String(row['public_keys'])) as OfferedKeys['publicKeys'],
    }))
  }

  #run(...statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    return withCheckedSession(this.#database, session => session.run(statements))
  }
}

const shownColumns = 'provider_name, fingerprint, key_pair_id, vendor, base_url, entered_at, entered_by'

function putKey(key: NewSealedKey, { actor, onlyIfAbsent }: KeyEntered): Statement {
  const { providerName, ciphertext, fingerprint, keyPairId, vendor, baseUrl } = key
  return {
    name: 'put-sealed-key',
    text: `with put as (
        insert into sealed_key as k
          (provider_name, ciphertext, fingerprint, key_pair_id, vendor, base_url, entered_at, entered_by)
        select $1, $2, $3, $4, $5, $6, clock_timestamp(), $7
        where (select count(*) from sealed_key where provider_name <> $1) < ${maxKeys}
        on conflict (provider_name) do update set revision = excluded.revision, ciphertext = excluded.ciphertext,
          fingerprint = excluded.fingerprint, key_pair_id = excluded.key_pair_id, vendor = excluded.vendor,
          base_url = excluded.base_url, entered_at = excluded.entered_at, entered_by = excluded.entered_by
        where not $8::boolean
        returning *),
      audit as (
        insert into audit_log (at, actor, action, subject_kind, subject_name, details)
        select entered_at, $7, 'keys.enter', 'provider', provider_name, jsonb_build_object('keyPairId', key_pair_id)
        from put)
      select ${shownColumns} from put`,
    values: [providerName, ciphertext, fingerprint, keyPairId, vendor, baseUrl ?? '', actor, onlyIfAbsent],
  }
}

function keyOf(providerName: string): Statement {
  return {
    name: 'find-sealed-key',
    text: 'select provider_name from sealed_key where provider_name = $1',
    values: [providerName],
  }
}

function boundOf(row: Row): Pick<NewSealedKey, 'providerName' | 'keyPairId' | 'vendor' | 'baseUrl'> {
  return {
    providerName: String(row['provider_name']),
    keyPairId: String(row['key_pair_id']),
    vendor: String(row['vendor']),
    baseUrl: row['base_url'] === '' ? null : String(row['base_url']),
  }
}

function keptKey(row: Row): KeptSealedKey {
  return {
    ...boundOf(row),
    fingerprint: String(row['fingerprint']),
    enteredAt: new Date(String(row['entered_at'])).toISOString(),
    enteredBy: String(row['entered_by']),
  }
}
