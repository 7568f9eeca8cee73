import { randomBytes } from 'node:crypto'
import type { Database, Row, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'
import { fromMs, overRows } from '../store/statements/rows.js'
import { begin, commit } from '../store/statements/transaction.js'

/** A provider's key as a gateway reports it. */
export interface ReportedKey {
  readonly providerName: string
  /** The variable that holds it, or is to hold it; null where none is needed. */
  readonly variable: string | null
  /** Salted; null without a key. */
  readonly fingerprint: string | null
  /** Why the provider cannot be called; null where it can. */
  readonly reason: string | null
  /** The result of the last check with its vendor; null where none was made. */
  readonly check: {
    readonly result: string
    /** Null where the vendor did not answer. */
    readonly httpStatus: number | null
    /** ISO-8601, by the gateway's clock. */
    readonly checkedAt: string
  } | null
}

/** The same, as it is stored. */
export interface KeptKey extends ReportedKey {
  readonly gateway: string
  /** ISO-8601. */
  readonly reportedAt: string
  /** ISO-8601: when this key last ended the refusal of another; null if it has not. */
  readonly retriedAt: string | null
}

/** After this long without a report, a gateway's rows are deleted. */
const keptHours = 24
/** Gateways that are stored at most: those that have reported last. */
const maxGateways = 100
/** Rows that are read at most. */
const maxRows = 10_000
const saltName = 'key-salt'
const saltBytes = 32

type WrittenKey = ReportedKey & { readonly gateway: string; readonly isRetried: boolean }

const keepKeys = overRows<WrittenKey>(
  'keep-gateway-keys',
  [
    { name: 'gateway', type: 'text', value: row => row.gateway },
    { name: 'provider_name', type: 'text', value: row => row.providerName },
    { name: 'variable', type: 'text', value: row => row.variable ?? '' },
    { name: 'fingerprint', type: 'text', value: row => row.fingerprint },
    { name: 'reason', type: 'text', value: row => row.reason },
    { name: 'check_result', type: 'text', value: row => row.check?.result ?? null },
    { name: 'check_http_status', type: 'int', value: row => row.check?.httpStatus ?? null },
    {
      name: 'checked_at',
      type: 'bigint',
      cast: fromMs,
      value: row => (row.check === null ? null : Date.parse(row.check.checkedAt)),
    },
    { name: 'reported_at', type: 'boolean', cast: 'clock_timestamp()', value: () => true },
    {
      name: 'retried_at',
      type: 'boolean',
      cast: 'case when % then clock_timestamp() end',
      value: row => row.isRetried,
    },
  ],
  ({ names, values, rows }) =>
    `insert into gateway_key as k (${names}) select ${values} from ${rows}
      on conflict (gateway, provider_name) do update set
        variable = excluded.variable, fingerprint = excluded.fingerprint, reason = excluded.reason,
        check_result = excluded.check_result, check_http_status = excluded.check_http_status,
        checked_at = excluded.checked_at, reported_at = excluded.reported_at,
        retried_at = coalesce(excluded.retried_at, k.retried_at)`,
)

/** Which keys gateways have, as they report it. Separate from quotas, and never a key itself. */
export class GatewayKeys {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * The salt of keys' fingerprints: made once for an installation, by the first process that asks. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure
   */
  async salt(): Promise<string> {
    const made = randomBytes(saltBytes).toString('hex')
    const [, rows] = await withCheckedSession(this.#database, session =>
      session.run([
        plain('insert into installation_fact (name, value) values ($1, $2) on conflict do nothing', [
          saltName,
          made,
        ]),
        plain('select value from installation_fact where name = $1', [saltName]),
      ]),
    )
    const salt = rows?.[0]?.['value']
    if (typeof salt !== 'string') throw new Error('the database did not store the salt of fingerprints')
    return salt
  }

  /**
   * Replaces what a gateway has reported, and deletes gateways that report no more.
   * @param retried providers whose key has just ended the refusal of another
   * @throws as {@link salt} does
   */
  async report(gateway: string, keys: readonly ReportedKey[], retried: ReadonlySet<string>): Promise<void> {
    // In one order, so that two processes that write the same rows cannot deadlock.
    const rows = keys
      .map(key => ({ ...key, gateway, isRetried: retried.has(key.providerName) }))
      .toSorted((left, right) => (left.providerName < right.providerName ? -1 : 1))
    const names = rows.map(({ providerName }) => providerName)
    await withCheckedSession(this.#database, session =>
      session.run([
        begin,
        ...(rows.length === 0 ? [] : [keepKeys(rows)]),
        plain('delete from gateway_key where gateway = $1 and provider_name <> all($2::text[])', [
          gateway,
          names,
        ]),
        deleteOldGateways,
        commit,
      ]),
    )
  }

  /**
   * What gateways have reported, of all providers or of some; rows beyond 10,000 are left out.
   * @param withinMs only what was reported within this time, by the database's clock; null for all
   * @throws as {@link salt} does
   */
  list(providerNames: readonly string[] | null, withinMs: number | null): Promise<readonly KeptKey[]> {
    return this.#keys(
      `where ($1::text[] is null or provider_name = any($1))
        and ($2::bigint is null or reported_at >= clock_timestamp() - $2 * interval '1 millisecond')
        order by provider_name, gateway limit ${maxRows}`,
      [providerNames === null ? null : [...providerNames], withinMs],
    )
  }

  /** What one gateway has reported last. @throws as {@link salt} does */
  of(gateway: string): Promise<readonly KeptKey[]> {
    return this.#keys(`where gateway = $1 limit ${maxRows}`, [gateway])
  }

  async #keys(condition: string, values: readonly unknown[]): Promise<readonly KeptKey[]> {
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([plain(`select ${keyColumns} from gateway_key ${condition}`, values)]),
    )
    return rows.map(keptKey)
  }
}

const deleteOldGateways: Statement = {
  name: 'delete-old-gateways',
  text: `delete from gateway_key where reported_at < clock_timestamp() - interval '${keptHours} hours'
    or gateway in (
      select gateway from gateway_key group by gateway order by max(reported_at) desc, gateway offset ${maxGateways})`,
  values: [],
}

function plain(text: string, values: readonly unknown[] = []): Statement {
  return { name: '', text, values }
}

const keyColumns = `gateway, provider_name, variable, fingerprint, reason, check_result, check_http_status,
  checked_at, reported_at, retried_at`

function keptKey(row: Row): KeptKey {
  const checkResult = textOrNull(row['check_result'])
  const checkedAt = textOrNull(row['checked_at'])
  const httpStatus = row['check_http_status']
  const retriedAt = textOrNull(row['retried_at'])
  return {
    gateway: String(row['gateway']),
    providerName: String(row['provider_name']),
    variable: row['variable'] === '' ? null : String(row['variable']),
    fingerprint: textOrNull(row['fingerprint']),
    reason: textOrNull(row['reason']),
    check:
      checkResult === null || checkedAt === null
        ? null
        : {
            result: checkResult,
            httpStatus: httpStatus === null ? null : Number(httpStatus),
            checkedAt: isoOf(checkedAt),
          },
    reportedAt: isoOf(String(row['reported_at'])),
    retriedAt: retriedAt === null ? null : isoOf(retriedAt),
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function isoOf(instant: string): string {
  return new Date(instant).toISOString()
}
