import { QuotaError } from '@quotakeeper/quota-core'
import type { Database, Session, Statement } from '../database/database.js'
import { writerNumber } from '../writer.js'

/** Every table, in an order in which it may be filled. */
const tableNames = [
  'quota_pool',
  'ai_provider',
  'quota_subject',
  'quota_counter',
  'cool_down',
  'usage_attempt',
  'ai_provider_usage',
  'usage_hourly',
  'quota_alert',
  'alert_delivery',
  'request_trace',
  'call_hourly',
  'call_report',
  'installation_fact',
  'gateway_key',
  'sealed_key',
  'sealing_offer',
  'ended_session',
  'access_token',
  'audit_log',
] as const

export type MovedTable = (typeof tableNames)[number]

const rowsAtOnce = 500
/** A chunk takes milliseconds; counting the copied rows, or committing a large transaction, may take minutes. */
const statementTimeoutMs = 600_000
/** Transactions of the store take milliseconds. */
const lockTimeoutMs = 3_000

/** Progress of a move. */
export interface MoveProgress {
  readonly table: MovedTable
  /** Rows of all tables that are copied. */
  readonly rows: number
  /** Rows of all tables. */
  readonly ofRows: number
}

export interface MoveOptions {
  readonly onProgress: (progress: MoveProgress) => void
  /** Aborts the move, as long as it is not done: the target is then as it was. */
  readonly signal: AbortSignal
  /** Run in the target, at the end of the move's transaction. */
  readonly lastStatements?: readonly string[]
}

/**
 * Copies everything from one database into another that has the same tables and nothing in them: all or nothing,
 * in one transaction there, which keeps others from writing meanwhile. Rows pass through as the text that the servers
 * write and read, so that no value is changed. The source stays as it was.
 *
 * @returns the rows of each table, counted on both sides
 * @throws QuotaError INVALID_INPUT where there is something in the target; STORE_UNAVAILABLE; Error where the target
 *   has kept fewer or more rows than were copied; the signal's reason
 */
export function moveDatabase(
  from: Database,
  to: Database,
  options: MoveOptions,
): Promise<ReadonlyMap<MovedTable, number>> {
  return from.withSession(
    source => to.withSession(target => moveWithin(source, target, options), { statementTimeoutMs }),
    { statementTimeoutMs },
  )
}

async function moveWithin(
  source: Session,
  target: Session,
  { onProgress, signal, lastStatements = [] }: MoveOptions,
): Promise<ReadonlyMap<MovedTable, number>> {
  await source.run([plain('begin isolation level repeatable read read only')])
  const counts = await countsIn(source)
  const ofRows = [...counts.values()].reduce((sum, count) => sum + count, 0)
  await target.run([
    plain('begin'),
    // Sessions that are idle in a transaction for two seconds are ended, and reading a large table may take longer.
    plain(`set local idle_in_transaction_session_timeout = ${statementTimeoutMs}`),
  ])
  await lockTables(target)
  await refuseFull(target)
  let rows = 0
  for (const table of tableNames) {
    await copyTable(source, target, table, copied => {
      rows += copied
      onProgress({ table, rows, ofRows })
      signal.throwIfAborted()
    })
  }
  await continueSequences(target)
  const arrived = await countsIn(target)
  for (const [table, count] of counts) {
    if (arrived.get(table) === count) continue
    throw new Error(
      `copying ${table} failed: ${arrived.get(table)} of ${count} rows arrived; nothing was changed. Run the move again, and report it if that fails too`,
    )
  }
  signal.throwIfAborted()
  // Without statistics of the new tables, the planner would sort the rest of a list for each page of it.
  const analyze = `analyze ${tableNames.join(', ')}`
  await target.run([analyze, ...lastStatements, 'commit'].map(plain))
  await source.run([plain('rollback')])
  return counts
}

/** Other sessions may read; their writes wait. */
async function lockTables(target: Session): Promise<void> {
  try {
    await target.run([
      plain(`set local lock_timeout = ${lockTimeoutMs}`),
      plain(`lock table ${tableNames.join(', ')} in share row exclusive mode`),
    ])
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === '55P03'
    if (!isTaken) throw cause
    const text = 'another program is using the target: stop it, and start again'
    throw new QuotaError('STORE_UNAVAILABLE', text, { cause })
  }
}

/** Rows in the target would be mixed with the copied ones: two sets of providers and counters. */
async function refuseFull(target: Session): Promise<void> {
  const counts = await countsIn(target)
  const full = [...counts].filter(([, count]) => count > 0).map(([table, count]) => `${table} (${count})`)
  if (full.length === 0) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the target has rows already, in ${full.join(', ')}: name an empty database`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

async function countsIn(session: Session): Promise<ReadonlyMap<MovedTable, number>> {
  const results = await session.run(tableNames.map(table => plain(`select count(*) as count from ${table}`)))
  return new Map(tableNames.map((table, index) => [table, Number(results[index]?.[0]?.['count'])]))
}

async function copyTable(
  source: Session,
  target: Session,
  table: MovedTable,
  onCopied: (rows: number) => void,
): Promise<void> {
  const insertText = await insertInto(target, table)
  await source.run([
    plain(`declare moved no scroll cursor for select to_json(t)::text as row from ${table} as t`),
  ])
  while (true) {
    const [rows = []] = await source.run([plain(`fetch ${rowsAtOnce} from moved`)])
    if (rows.length === 0) break
    const text = `[${rows.map(row => String(row['row'])).join(',')}]`
    await target.run([
      {
        name: '',
        text: insertText,
        values: [text],
      },
    ])
    onCopied(rows.length)
  }
  await source.run([plain('close moved')])
}

/** With this release's writer number, where the table has one: rows from before have none, and would be refused. */
async function insertInto(target: Session, table: MovedTable): Promise<string> {
  const [rows = []] = await target.run([
    plain(`select quote_ident(attname) as name from pg_attribute
      where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attnum`),
  ])
  const names = rows.map(({ name }) => String(name))
  const values = names.map(name => (name === 'writer' ? String(writerNumber) : `r.${name}`))
  return `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
    from json_populate_recordset(null::${table}, $1::json) as r`
}

/** New rows must not get ids that were copied. */
async function continueSequences(target: Session): Promise<void> {
  const [owned = []] = await target.run([
    plain(`select s.relname as sequence, t.relname as table, a.attname as column
      from pg_class as s join pg_depend as d on d.objid = s.oid and d.deptype = 'a'
      join pg_class as t on t.oid = d.refobjid
      join pg_attribute as a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      where s.relkind = 'S' and s.relnamespace = 'public'::regnamespace`),
  ])
  await target.run(
    owned.map(({ sequence, table, column }) =>
      plain(
        `select setval('"${sequence}"', (select coalesce(max("${column}"), 0) + 1 from "${table}"), false)`,
      ),
    ),
  )
}

function plain(text: string): Statement {
  return { name: '', text, values: [] }
}
