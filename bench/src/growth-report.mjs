import { writeFile } from 'node:fs/promises'
import { migrate, openDatabase } from '@quotakeeper/db'
import { startPostgres } from '@quotakeeper/test-kit'
import pg from 'pg'
import { fillLedger } from './fill/ledger.mjs'
import { fillProviders, fillToday } from './fill/providers.mjs'
import { describeMachine, versionOf } from './machine.mjs'
import { rounded, table } from './report.mjs'
import { bloatScenario, deadEntriesScenario, variants } from './scenarios/bloat.mjs'
import { growthScenario } from './scenarios/growth.mjs'
import { retentionScenario } from './scenarios/retention.mjs'

const days = 100
const ledgerProviders = 100

/**
 * Measures the effect of growth, and writes docs/benchmarks-growth.md. Takes some ten minutes.
 * @param {{ rounds: number, durationMs: number, isQuick: boolean, progress: (line: string) => void }} run
 */
export async function reportGrowth({ rounds, durationMs, isQuick, progress }) {
  const ledgerRows = isQuick ? 100_000 : 10_000_000
  const batches = isQuick ? 10_000 : 100_000
  const deadRows = isQuick ? [0, 5_000] : [0, 50_000, 200_000]
  const postgres = await startPostgres()
  try {
    const shared = { rounds, durationMs, progress }
    const grown = []
    for (const providers of [10, 1_000, 10_000]) {
      const { url } = await postgres.createDatabase()
      await fill(url, client => fillBoth(client, providers))
      grown.push(await growthScenario({ url, name: `${plain(providers)} providers`, providers, ...shared }))
    }
    const { url } = await postgres.createDatabase()
    await fill(url, async client => {
      await fillBoth(client, 1_000)
      await fillLedger({ client, rows: ledgerRows, providers: ledgerProviders, days, progress })
    })
    const name = `1,000 providers, ${plain(ledgerRows)} ledger rows`
    grown.push(await growthScenario({ url, name, providers: 1_000, ...shared }))
    const retention = await retentionScenario({ url, durationMs, progress })
    const dead = await deadEntriesScenario({ url, deadRows, progress })
    const bloat = []
    for (const variant of variants) {
      const database = await postgres.createDatabase()
      await fill(database.url, async () => {})
      const rows = await bloatScenario({ databaseUrl: database.url, variant, batches, progress })
      bloat.push({ variant: variant.name, rows })
    }
    const report = text({ grown, retention, dead, bloat, batches, ledgerRows, rounds, durationMs })
    await writeFile(new URL('../../docs/benchmarks-growth.md', import.meta.url), report)
    return report
  } finally {
    await postgres.stop()
  }
}

/** @param {string} url @param {(client: import('pg').Client) => Promise<void>} work */
async function fill(url, work) {
  const database = await openDatabase(url)
  await migrate(database)
  await database.close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client)
  await client.end()
}

/** @param {import('pg').Client} client @param {number} providers */
async function fillBoth(client, providers) {
  await fillProviders(client, providers)
  await fillToday(client, providers)
}

/** @param {number} figure */
function plain(figure) {
  return figure.toLocaleString('en')
}

/**
 * @param {{
 *   grown: readonly Awaited<ReturnType<typeof growthScenario>>[],
 *   retention: Awaited<ReturnType<typeof retentionScenario>>,
 *   dead: Awaited<ReturnType<typeof deadEntriesScenario>>,
 *   bloat: readonly { variant: string, rows: Awaited<ReturnType<typeof bloatScenario>> }[],
 *   batches: number, ledgerRows: number, rounds: number, durationMs: number }} results
 */
function text({ grown, retention, dead, bloat, batches, ledgerRows, rounds, durationMs }) {
  const names = Object.keys(grown[0]?.figures ?? {})
  const growth = table(
    ['ms unless said otherwise', ...grown.map(({ name }) => name)],
    names.map(name => [name, ...grown.map(({ figures }) => rounded(figures[name] ?? Number.NaN))]),
  )
  const sizes = table(
    ['settings', 'table', 'table KiB', 'indexes KiB', 'rows', 'dead rows', 'vacuums', 'updates in place %'],
    bloat.flatMap(({ variant, rows }) =>
      rows.map(row => [
        variant,
        row.name,
        plain(Number(row.tableKiB)),
        plain(Number(row.indexKiB)),
        plain(Number(row.live)),
        plain(Number(row.dead)),
        String(row.vacuums),
        row.hotPercent === null ? '' : String(row.hotPercent),
      ]),
    ),
  )
  return `# Benchmarks of growth

Made by \`pnpm bench --growth\`, which writes this file: medians of ${rounds} rounds of ${durationMs / 1_000} s. Machines differ and are
noisy: compare columns, not figures.

${describeMachine()}; PostgreSQL 18 (\`fsync\` and \`synchronous_commit\` on), pg ${versionOf('pg')}.

## More providers, and a long ledger

Two daily limits each; reservations go to all of them in turn. The ledger: ${plain(ledgerRows)} rows of the last ${days} days,
of ${ledgerProviders} providers, with their sums by day and hour.

${growth}

## Retention

Rows older than 90 days are removed, ${plain(retention.ledgerRows)} of the ledger's, in steps of at most 1,000, while one caller reserves on one
of the same keys. No index was needed: each provider's rows are already ordered by time.

${table(
  ['rows/s', 'a lone reservation before: p50 ms', 'p99 ms', 'meanwhile: p50 ms', 'p99 ms'],
  [
    [
      retention.rowsPerSecond,
      retention.before.p50Ms,
      retention.before.p99Ms,
      retention.meanwhile.p50Ms,
      retention.meanwhile.p99Ms,
    ].map(rounded),
  ],
)}

## Bloat

${plain(batches)} batches of one reservation and one settlement each on 20 providers, as the store writes them, without its
trips; autovacuum as PostgreSQL has it (once a minute).

${sizes}

Tables whose rows are updated in place stay small in all variants: they differ only by the time of the last vacuum, and
none was slower or faster, so no fillfactor is set. The rows of \`quota_subject\` hold the limits and get a
new revision with each write: between two vacuums they take about a megabyte. A row of the ledger is never updated in
place, since its state decides which indexes it is in.

### Dead rows of a hot key

Each batch searches due reservations, and scans the index entry of each one settled since the last
vacuum. In the ledger of ${plain(ledgerRows)} rows:

${table(
  ['dead rows of the key', 'a look, p50 ms'],
  [
    ...dead.rows.map(row => [plain(row.dead), rounded(row.lookMs)]),
    [`vacuumed, in ${rounded(dead.vacuumMs)} ms`, rounded(dead.afterMs)],
  ],
)}

PostgreSQL would vacuum a table of ten million rows at two million dead ones. A migration has it vacuum the
ledger at 50,000, whatever its size.
`
}
