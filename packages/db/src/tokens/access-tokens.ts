import { type PageOf, QuotaError, type ReadOptions, type Scope } from '@quotakeeper/quota-core'
import type { Database, Session, Statement } from '../database/database.js'
import { decodeCursor, pageOf } from '../reads/cursor.js'
import { Conditions, readRows } from '../reads/read-rows.js'
import { withCheckedSession } from '../store/failures.js'
import { insertAudit } from '../store/statements/alerts.js'
import { fromMs, overRows, sent } from '../store/statements/rows.js'
import { begin, commit, rollback } from '../store/statements/transaction.js'
import { type FileToken, planFileTokens } from './plan-file-tokens.js'
import { type KeptToken, readToken, tokenColumns } from './token-rows.js'

/** Most tokens that are stored, ended ones included. */
const maxTokens = 100_000
/** How long tokens are kept after their end, so that their use is refused by name, and shown. */
const keptDays = 90
const rowsOfStep = 1_000
/** Tokens listed for one name: the valid one, and those that are to end, or have. */
const maxOfName = 100

/** A token to be stored, with its hash. */
export interface NewToken {
  readonly name: string
  readonly sha256: string
  readonly consumer: string | null
  readonly scopes: readonly Scope[]
  readonly expiresAtMs: number | null
}

/** How many tokens, ended ones included, some consumers may have together. */
export interface TokenBound {
  readonly consumers: readonly string[]
  readonly max: number
  /** The message beyond it. */
  readonly message: string
}

/** The stored tokens of some hashes, at an instant. */
export interface FoundTokens {
  readonly bySha256: ReadonlyMap<string, KeptToken>
  /** Whether any token is stored. */
  readonly areInUse: boolean
  /** The database's clock. */
  readonly nowMs: number
}

/** Filters of tokens; null for all. */
export interface TokensQuery {
  readonly cursor: string | null
  readonly pageSize: number
  /** Only those of these consumers. */
  readonly consumers: readonly string[] | null
}

const writeFileTokens = overRows<FileToken>(
  'write-file-tokens',
  [
    { name: 'name', type: 'text', value: row => row.name },
    { name: 'sha256', type: 'text', value: row => row.sha256 },
    { name: 'consumer', type: 'text', value: row => row.consumer ?? '' },
    // unnest would flatten an array of arrays.
    { name: 'scopes', type: 'text', cast: `string_to_array(%, ',')`, value: row => row.scopes.join() },
    { name: 'expires_at', type: 'bigint', cast: fromMs, value: row => row.expiresAtMs },
    { name: 'managed_by', type: 'text', value: () => 'file' },
    { name: 'created_at', type: 'boolean', cast: 'clock_timestamp()', value: () => true },
  ],
  ({ names, values, rows }) =>
    `insert into access_token as t (${names}) select ${values} from ${rows}
      on conflict (sha256) do update set name = excluded.name, consumer = excluded.consumer,
        scopes = excluded.scopes, expires_at = excluded.expires_at, managed_by = excluded.managed_by,
        revoked_at = case t.revoked_by when 'api' then t.revoked_at end,
        revoked_by = case t.revoked_by when 'api' then t.revoked_by end`,
)

/**
 * The tokens of callers, shared by all replicas. Of secrets only the SHA-256 is known here; that of a random secret of
 * 160 bits or more cannot be reversed.
 */
export class AccessTokens {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The tokens of these hashes. On the way of calls: by an index, in one trip. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
  async find(sha256s: readonly string[]): Promise<FoundTokens> {
    const [found = [], state = []] = await withCheckedSession(this.#database, session =>
      session.run([
        {
          name: 'find-tokens',
          text: `select ${tokenColumns} from access_token where sha256 = any($1::text[])`,
          values: [[...sha256s]],
        },
        tokensState,
      ]),
    )
    const bySha256 = new Map(found.map(readToken).map(token => [token.sha256, token]))
    const [row] = state
    return { bySha256, areInUse: row?.['are_in_use'] === true, nowMs: Number(row?.['now_ms']) }
  }

  /**
   * Stores a token. The name of an expired one is free.
   * @param bound null for none
   * @throws QuotaError NAME_TAKEN, INVALID_INPUT beyond 100,000 tokens or the bound; as {@link find} does
   */
  create(token: NewToken, actor: string, bound: TokenBound | null = null): Promise<KeptToken> {
    return withCheckedSession(this.#database, async session => {
      if (bound !== null && (await countInTurn(session, bound)) >= bound.max) {
        await session.run([rollback])
        throw new QuotaError('INVALID_INPUT', bound.message, { field: 'consumer' })
      }
      const statements = [freeNames([token.name]), insertToken(token, actor), findTwins(token), commit]
      const results = await session.run(bound === null ? [begin, ...statements] : statements)
      const [made] = results.at(-3) ?? []
      if (made !== undefined) return readToken(made)
      throw notMade(token, (results.at(-2) ?? []).map(readToken))
    })
  }

  /** By name, then the oldest first. @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws */
  async page(
    { cursor, pageSize, consumers }: TokensQuery,
    options?: ReadOptions,
  ): Promise<PageOf<KeptToken>> {
    const where = new Conditions()
    if (consumers !== null) where.add(`consumer = any(${where.value([...consumers])}::text[])`)
    if (cursor !== null) {
      const [name, id] = decodeCursor(cursor, ['text', 'integer'])
      where.add(`(name collate "C", id) > (${where.value(name)}, ${where.value(id)}::bigint)`)
    }
    const text = `select ${tokenColumns} from access_token where ${where}
      order by name collate "C", id limit ${pageSize + 1}`
    const rows = await readRows(this.#database, { name: '', text, values: where.values }, options)
    return pageOf(rows.map(readToken), pageSize, token => [token.name, token.id])
  }

  /** The tokens of a name, the newest first: at most one is neither revoked nor about to be. @throws as {@link find} does */
  async named(name: string): Promise<readonly KeptToken[]> {
    // By the index of the list, whose collation is "C": by the primary key, every token was read.
    const text = `select ${tokenColumns} from access_token where name collate "C" = $1
      order by id desc limit ${maxOfName}`
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([{ name: 'named-tokens', text, values: [name] }]),
    )
    return rows.map(readToken)
  }

  /**
   * Ends tokens at an instant, or now: never later than they would have ended without it.
   * @param atMs null for now; an instant in the past is now
   * @returns those that end earlier by this
   * @throws as {@link find} does
   */
  async revoke(
    ids: readonly string[],
    { atMs, actor }: { readonly atMs: number | null; readonly actor: string },
  ): Promise<readonly KeptToken[]> {
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([
        {
          name: 'revoke-tokens',
          text: `with at as materialized (
              select greatest(clock_timestamp(), to_timestamp($2::float8 / 1000)) as instant),
            gone as (
              update access_token as t set revoked_at = at.instant, revoked_by = 'api' from at
              where t.id = any($1::bigint[]) and (t.revoked_at is null or t.revoked_at > at.instant)
              returning t.*),
            audit as (
              insert into audit_log (at, actor, action, subject_kind, subject_name, details)
              select clock_timestamp(), $3, 'tokens.revoke', 'token', name,
                jsonb_build_object('at', to_char(revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
              from gone)
            select ${tokenColumns} from gone order by id desc`,
          values: [[...ids], atMs, actor],
        },
      ]),
    )
    return rows.map(readToken)
  }

  /**
   * Makes the tokens of a configuration file those that are managed by it: all or nothing. Replicas do so one after the
   * other. Nothing is written if nothing has changed.
   * @returns the names of tokens in it that stay revoked, since that was done over the API
   * @throws QuotaError NAME_TAKEN if a token made over the API has one of the names; as {@link find} does
   */
  applyFile(lines: readonly FileToken[]): Promise<readonly string[]> {
    return withCheckedSession(this.#database, async session => {
      const stored = await lockFileTokens(session, lines)
      const plan = planFileTokens(lines, stored.tokens, stored.nowMs)
      const [taken] = plan.taken
      if (taken !== undefined) {
        await session.run([rollback])
        throw nameOfApi(taken)
      }
      const { dropped, written, renamed } = plan
      const audit = [
        ...dropped.map(({ name }) => entryOf('tokens.revoke', { name }, {}, stored.nowMs)),
        ...written.map(line => entryOf('tokens.upsert', line, detailsOf(line), stored.nowMs)),
      ]
      await session.run([
        ...(dropped.length === 0 ? [] : [dropTokens(dropped)]),
        ...(renamed.length === 0 ? [] : [hideNames(renamed)]),
        ...(written.length === 0 ? [] : [writeFileTokens(written)]),
        ...(audit.length === 0 ? [] : [insertAudit(audit)]),
        commit,
      ])
      return plan.stayRevoked
    })
  }

  /**
   * The names in a file that belong to tokens made over the API, because of which {@link applyFile} would refuse it.
   * @throws as {@link find} does
   */
  async takenNames(lines: readonly FileToken[]): Promise<readonly string[]> {
    const text = `select name from access_token where name = any($1::text[]) and sha256 <> all($2::text[])
      and managed_by = 'api' and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`
    const values = [lines.map(({ name }) => name), lines.map(({ sha256 }) => sha256)]
    const [rows = []] = await withCheckedSession(this.#database, session =>
      session.run([plain(text, values)]),
    )
    return rows.map(row => String(row['name']))
  }

  /** Notes that tokens are in use, each at most once a minute, whatever the number of replicas. @throws as {@link find} does */
  async noteUse(ids: readonly string[]): Promise<void> {
    await withCheckedSession(this.#database, session =>
      session.run([
        {
          name: 'note-token-use',
          // In one order, so that two processes cannot deadlock.
          text: `update access_token set last_used_at = clock_timestamp() where id in (
              select id from access_token where id = any($1::bigint[])
                and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')
              order by id for update skip locked)`,
          values: [[...ids]],
        },
      ]),
    )
  }

  /** Removes tokens that ended long ago, a bounded number. @returns how many; fewer than 1,000: all */
  async prune(): Promise<number> {
    const [rows] = await this.#database.withSession(session => session.run([deleteEnded]))
    return Number(rows?.[0]?.['count'] ?? 0)
  }
}

const tokensState: Statement = {
  name: 'tokens-state',
  text: `select exists (select from access_token) as are_in_use,
    (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`,
  values: [],
}

const deleteEnded: Statement = {
  name: 'delete-ended-tokens',
  text: `with gone as (
      delete from access_token where ctid = any(array(
        select ctid from access_token
        where least(expires_at, revoked_at) < clock_timestamp() - interval '${keptDays} days'
          and not (managed_by = 'file' and coalesce(revoked_by, '') <> 'file')
        limit ${rowsOfStep} for update skip locked
      )) returning 1)
    select count(*)::int as count from gone`,
  values: [],
}

/** Of creations that have a bound, held to the end of each. Any number not used by other locks. */
const boundsLock = 20_261_130

/** Begins the transaction, and counts when those of others that have a bound, too, have ended. */
async function countInTurn(session: Session, { consumers, max }: TokenBound): Promise<number> {
  const count = `select count(*) as count from (
    select from access_token where consumer = any($1::text[]) limit $2::int) as few`
  const results = await session.run([
    begin,
    { name: 'lock-token-bounds', text: `select pg_advisory_xact_lock(${boundsLock})`, values: [] },
    { name: 'count-tokens-within', text: count, values: [[...consumers], max] },
  ])
  return Number(results[2]?.[0]?.['count'])
}

/** Expired tokens give up their names. */
function freeNames(names: readonly string[]): Statement {
  return {
    name: 'free-token-names',
    text: `update access_token set revoked_at = expires_at, revoked_by = 'api'
      where name = any($1::text[]) and managed_by = 'api' and revoked_at is null and expires_at <= clock_timestamp()`,
    values: [[...names]],
  }
}

function insertToken({ name, sha256, consumer, scopes, expiresAtMs }: NewToken, actor: string): Statement {
  return {
    name: 'insert-token',
    text: `with made as (
        insert into access_token (name, sha256, consumer, scopes, managed_by, created_at, expires_at)
        select $1, $2, $3, $4::text[], 'api', clock_timestamp(), to_timestamp($5::float8 / 1000)
        where (select count(*) from access_token) < ${maxTokens}
        on conflict do nothing returning *),
      audit as (
        insert into audit_log (at, actor, action, subject_kind, subject_name, details)
        select created_at, $6, 'tokens.create', 'token', name, $7::jsonb from made)
      select ${tokenColumns} from made`,
    values: [
      ...[name, sha256, consumer ?? '', [...scopes], expiresAtMs, actor],
      JSON.stringify(detailsOf({ consumer, scopes, expiresAtMs })),
    ],
  }
}

/** Those because of which a token cannot be made. */
function findTwins({ name, sha256 }: NewToken): Statement {
  return {
    name: 'find-token-twins',
    text: `select ${tokenColumns} from access_token where sha256 = $1 or (name = $2 and revoked_at is null) limit 2`,
    values: [sha256, name],
  }
}

/** The error for a name in a file that a token made over the API has. */
export function nameOfApi(name: string): QuotaError {
  const message = `token "${name}" was made over the API: revoke it, or use another name in the file`
  return new QuotaError('NAME_TAKEN', message, { field: 'tokens' })
}

function notMade({ name, sha256 }: NewToken, twins: readonly KeptToken[]): QuotaError {
  if (twins.some(twin => twin.sha256 === sha256))
    return new QuotaError('NAME_TAKEN', 'sha256: there is or was a token with this secret: use another', {
      field: 'sha256',
    })
  if (twins.length > 0)
    return new QuotaError('NAME_TAKEN', `name: there is a token "${name}": revoke it, or use another name`, {
      field: 'name',
    })
  return new QuotaError(
    'INVALID_INPUT',
    `there are ${maxTokens} tokens, the most that are stored: revoke some`,
  )
}

async function lockFileTokens(
  session: Session,
  lines: readonly FileToken[],
): Promise<{ readonly tokens: readonly KeptToken[]; readonly nowMs: number }> {
  const names = lines.map(({ name }) => name)
  const results = await session.run([
    begin,
    plain('lock table access_token in share row exclusive mode'),
    freeNames(names),
    plain(
      `select ${tokenColumns} from access_token where managed_by = 'file' or sha256 = any($1::text[])
        or (name = any($2::text[]) and revoked_at is null)`,
      [lines.map(({ sha256 }) => sha256), names],
    ),
    tokensState,
  ])
  return { tokens: (results[3] ?? []).map(readToken), nowMs: Number(results[4]?.[0]?.['now_ms']) }
}

function dropTokens(tokens: readonly KeptToken[]): Statement {
  return plain(
    `update access_token set revoked_at = clock_timestamp(), revoked_by = coalesce(revoked_by, 'file')
      where id = any($1::bigint[])`,
    [tokens.map(({ id }) => id)],
  )
}

/** Two tokens may exchange their names; the index of names is checked row by row. */
function hideNames(tokens: readonly KeptToken[]): Statement {
  return plain(
    'update access_token set revoked_at = clock_timestamp() where id = any($1::bigint[]) and revoked_at is null',
    [tokens.map(({ id }) => id)],
  )
}

function detailsOf({
  consumer,
  scopes,
  expiresAtMs,
}: Pick<NewToken, 'consumer' | 'scopes' | 'expiresAtMs'>): Readonly<Record<string, unknown>> {
  return { consumer, scopes, expiresAt: sent(expiresAtMs) }
}

function entryOf(
  action: string,
  { name }: { readonly name: string },
  details: Readonly<Record<string, unknown>>,
  atMs: number,
) {
  return { atMs, actor: 'file', action, subject: { kind: 'token', name }, details } as const
}

function plain(text: string, values: readonly unknown[] = []): Statement {
  return { name: '', text, values }
}
