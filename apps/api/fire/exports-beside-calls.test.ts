import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { migrate, openDatabase } from '@quotakeeper/db'
import { startPostgres, startProcess } from '@quotakeeper/test-kit'
import { expect, it } from 'vitest'
import { makeFolder, startApiProcess } from '../tests/api-process.js'

/** Rows of the ledger; each export reads all of them. */
const rowCount = Number(process.env['FIRE_EXPORT_ROWS'] ?? 1_000_000)
const exportCount = 20
const phaseMs = Number(process.env['FIRE_SECONDS'] ?? 6) * 1_000
const rowsPerInsert = 100_000
const readerFile = fileURLToPath(new URL('./reader.mjs', import.meta.url))

/** Latencies of a single caller's `acquire` calls, in milliseconds, ascending. */
async function acquireFor(origin: string, lengthMs: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const tookMs: number[] = []
  const untilMs = performance.now() + lengthMs
  const body = JSON.stringify({ candidates: [{ providerName: 'groq_2' }, { providerName: 'groq_3' }] })
  while (performance.now() < untilMs) {
    const startMs = performance.now()
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
      request(`${origin}/trpc/quota.acquire`, { agent, method: 'POST', headers }, response => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
      })
        .once('error', reject)
        .end(body)
    })
    expect(status).toBe(200)
    tookMs.push(performance.now() - startMs)
  }
  agent.destroy()
  return tookMs.sort((left, right) => left - right)
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? Number.NaN

const describeLatencies = (sorted: readonly number[]): string =>
  `${sorted.length} calls, p50 ${percentile(sorted, 0.5).toFixed(2)} ms, p99 ${percentile(sorted, 0.99).toFixed(2)} ms`

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024
}

async function fill(databaseUrl: string): Promise<void> {
  const database = await openDatabase(databaseUrl)
  await migrate(database)
  const text = `insert into usage_attempt
    select copied.* from usage_attempt as u, generate_series($1::int, $2::int) as n,
      -- In FROM, where it is called once a row; "(…).*" calls it once a column.
      jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'request_id', '',
        'occurred_at', u.occurred_at - n * interval '1 millisecond')) as copied
    where u.request_id = 'seed'`
  for (let from = 1; from < rowCount; from += rowsPerInsert) {
    const values = [from, Math.min(rowCount, from + rowsPerInsert) - 1]
    await database.withSession(session => session.run([{ name: 'fill', text, values }]), {
      statementTimeoutMs: 600_000,
    })
  }
  await database.withSession(
    session => session.run([{ name: '', text: 'vacuum analyze usage_attempt', values: [] }]),
    {
      statementTimeoutMs: 600_000,
    },
  )
  await database.close()
}

it('twenty exports of the whole ledger barely slow concurrent calls, in constant memory', async () => {
  await using server = await startPostgres()
  const { url } = await server.createDatabase()
  await using folder = await makeFolder()
  await using api = await startApiProcess(folder, {
    QUOTA_DATABASE_URL: url,
    QUOTA_LOG_LEVEL: 'error',
  })
  await api.client.usage.record.mutate({ providerName: 'groq_1', consumer: 'seed', requestId: 'seed' })
  await fill(url)
  await acquireFor(api.origin, 2_000)
  const before = await acquireFor(api.origin, phaseMs)
  const beforeMiB = await residentMiB(api.process.pid)
  const exportUrl = `${api.origin}/api/v1/usage/export?what=ledger`
  await using readers = await startProcess({
    args: [readerFile, exportUrl, String(exportCount)],
    readyWhen: /reading/,
    readyTimeoutMs: 60_000,
  })
  const beside = await acquireFor(api.origin, phaseMs * 2)
  const besideMiB = await residentMiB(api.process.pid)
  const rate = /(\d+) bytes\n$/.exec(readers.output())?.[1] ?? '0'
  await readers.kill('SIGKILL')
  const after = await acquireFor(api.origin, phaseMs)
  const alone = [...before, ...after].sort((left, right) => left - right)
  const ratio = percentile(beside, 0.99) / percentile(alone, 0.99)
  process.stdout.write(
    `alone: ${describeLatencies(alone)}; beside ${exportCount} exports: ${describeLatencies(beside)}; p99 × ${ratio.toFixed(2)}; ` +
      `${beforeMiB.toFixed(0)} to ${besideMiB.toFixed(0)} MiB; ${rate} bytes read\n`,
  )
  expect(Number(rate)).toBeGreaterThan(0)
  expect(besideMiB - beforeMiB).toBeLessThan(150)
})
