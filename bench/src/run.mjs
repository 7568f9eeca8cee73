// Measures Quotakeeper beside its peers in the same run, and writes docs/benchmarks.md; with --growth, measures
// the effect of growth, and writes docs/benchmarks-growth.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@quotakeeper/test-kit'
import { bareUpsert, selectOne } from './contenders/bare-postgres.mjs'
import { quotakeeper } from './contenders/quotakeeper.mjs'
import {
  rateLimiterMemory,
  rateLimiterPostgres,
  rateLimiterRedis,
} from './contenders/rate-limiter-flexible.mjs'
import { gatewaySection } from './gateway/report.mjs'
import { reportGrowth } from './growth-report.mjs'
import { describeMachine, versionOf } from './machine.mjs'
import { readSections } from './reads-report.mjs'
import { startRedis } from './redis.mjs'
import { reserveTable } from './report.mjs'
import { reserveScenario } from './scenarios/reserve.mjs'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 1 : 5
const durationMs = isQuick ? 500 : 2_000
const progress = (/** @type {string} */ line) => process.stderr.write(`${line}\n`)

if (process.argv.includes('--growth')) {
  const short = isQuick ? { rounds, durationMs } : { rounds: 3, durationMs: 1_000 }
  process.stdout.write(await reportGrowth({ ...short, isQuick, progress }))
  process.exit(0)
}

const postgres = await startPostgres()
const redis = await startRedis()
const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-bench-'))
try {
  const database = await postgres.createDatabase()
  const contenders = [
    quotakeeper(database.url),
    quotakeeper(`embedded:${folder}/data`),
    rateLimiterPostgres(database.url),
    bareUpsert(database.url),
    rateLimiterRedis(redis.port),
    rateLimiterMemory(),
    selectOne(database.url),
  ]
  const shared = { contenders, rounds, durationMs, progress }
  const hot = await reserveScenario({ ...shared, keys: 1, callers: [1, 16, 64, 512] })
  const many = await reserveScenario({ ...shared, keys: 1_000, callers: [64, 512] })
  const reads = await readSections({ postgres, rounds, durationMs, progress })
  const gateway = await gatewaySection({ postgres, folder, rounds, durationMs, progress })
  const report = `# Benchmarks

Made by \`pnpm bench\`, which writes this file: medians of ${rounds} rounds of ${durationMs / 1_000} s, contenders in turn within
each round, in one process each beside one server. Machines differ and are noisy: compare ratios, not figures.

${describeMachine()}; PostgreSQL 18 (\`fsync\` and \`synchronous_commit\` on), rate-limiter-flexible
${versionOf('rate-limiter-flexible')}, ioredis ${versionOf('ioredis')}, pg ${versionOf('pg')}.

## One hot key

A call that is granted on one daily limit. Quotakeeper also writes each call to its ledger, and answers when it
is durable. *Embedded* is the default of \`start\`: PostgreSQL as a child of the process, tuned small.

${reserveTable(hot)}

## A thousand keys

${reserveTable(many)}

${reads}
${gateway}`
  const path = new URL('../../docs/benchmarks.md', import.meta.url)
  await writeFile(path, report)
  process.stdout.write(report)
} finally {
  await redis.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exit(0)
