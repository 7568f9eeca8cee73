import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** An empty database that belongs to one test or one test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** Runs a statement as the owner, for example to corrupt data. */
  execute(statement: string): Promise<void>
  /** Every row of every table as text, one table a line. */
  dump(): Promise<string>
  /** Drops it and disconnects its clients. Idempotent. */
  drop(): Promise<void>
}

/**
 * Creates a database of a random name, empty unless a template is given.
 *
 * @param serverUrl of a user that may create databases
 * @param options.tablespace where its data is; the server's default unless given
 * @param options.strategy `file_copy` takes 14 ms of CPU instead of 31, but flushes each file if the server has fsync on
 * @param options.template the database to copy, which must have no connections; empty unless given
 * @param options.runOnServer runs a statement on the server; in a session of its own unless given
 * @throws Error if the server cannot be reached or refuses
 */
export async function createDatabaseOn(
  serverUrl: string,
  options: {
    readonly tablespace?: string
    readonly template?: string
    readonly strategy?: 'file_copy'
    readonly runOnServer?: (serverUrl: string, statement: string) => Promise<void>
  } = {},
): Promise<TestDatabase> {
  const name = `quotakeeper_test_${randomBytes(8).toString('hex')}`
  // template0, since template1 cannot be copied while it has connections.
  const place = options.tablespace === undefined ? '' : ` TABLESPACE ${options.tablespace}`
  const template = options.template ?? 'template0'
  const way = options.strategy === undefined ? '' : ` STRATEGY ${options.strategy}`
  const { runOnServer = execute } = options
  await runOnServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}${place}${way}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  let isDropped = false
  const drop = async (): Promise<void> => {
    if (isDropped) return
    isDropped = true
    await runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  return {
    url: url.href,
    execute: statement => execute(url.href, statement),
    dump: () => dumpOf(url.href),
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

async function execute(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function dumpOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    )
    const lines: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query(`select * from ${name}`)
      lines.push(`${name} ${JSON.stringify(rows)}`)
    }
    return lines.join('\n')
  } finally {
    await client.end()
  }
}
