// Measures reads of 10,000 consumers beside the same reads of 10,000 providers, in turn in the same run, each through
// the API on a database of their own on one PostgreSQL, and prints both medians and their ratio.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { migrate, openDatabase } from '@quotakeeper/db'
import { startPostgres } from '@quotakeeper/test-kit'
import pg from 'pg'
import { startApi } from '../src/api-process.mjs'
import { fillConsumers, fillThisHour, fillTodayOfConsumers } from '../src/fill/consumers.mjs'
import { fillProviders, fillToday } from '../src/fill/providers.mjs'
import { httpClient } from '../src/http-client.mjs'
import { describeMachine } from '../src/machine.mjs'
import { median } from '../src/measure.mjs'
import { rounded, table } from '../src/report.mjs'
import { pairs } from './pairs.mjs'

const count = 10_000
const rounds = Number(process.argv[2] ?? 15)
const only = process.argv[3] ?? ''
const cli = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url))

/** The figures of a run of the command line, which starts a process each time. @param {string} origin */
function commandLine(origin) {
  const run = promisify(execFile)
  const options = { env: { ...process.env, QUOTA_API_URL: origin }, maxBuffer: 200_000_000 }
  return (/** @type {readonly string[]} */ args) => run(process.execPath, [cli, ...args], options)
}

/** @param {string} url @param {(client: pg.Client) => Promise<void>} work */
async function fill(url, work) {
  const database = await openDatabase(url)
  await migrate(database)
  await database.close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client)
  await fillThisHour(client)
  await client.end()
}

/** The API on a database, and its clients. @param {string} url */
async function serve(url) {
  const api = await startApi(url)
  const http = httpClient(api.origin, 4)
  const stop = async () => {
    http.close()
    await api.stop()
  }
  return { http, run: commandLine(api.origin), stop }
}

/** @param {() => Promise<unknown>} call */
async function timed(call) {
  const beganMs = performance.now()
  await call()
  return performance.now() - beganMs
}

const postgres = await startPostgres()
try {
  const [ofProviders, ofConsumers] = [await postgres.createDatabase(), await postgres.createDatabase()]
  await fill(ofProviders.url, async client => {
    await fillProviders(client, count)
    await fillToday(client, count)
  })
  await fill(ofConsumers.url, async client => {
    await fillProviders(client, 1)
    await fillToday(client, 1)
    await fillConsumers(client, count)
    await fillTodayOfConsumers(client)
  })
  const sides = { providers: await serve(ofProviders.url), consumers: await serve(ofConsumers.url) }
  const rows = []
  for (const { name, providers, consumers } of await pairs(sides)) {
    if (!name.includes(only)) continue
    process.stderr.write(`${name}\n`)
    for (const call of [providers, consumers, providers, consumers]) await call()
    /** @type {Record<'providers' | 'consumers', number[]>} */
    const figures = { providers: [], consumers: [] }
    for (let round = 0; round < rounds; round++) {
      figures.providers.push(await timed(providers))
      figures.consumers.push(await timed(consumers))
    }
    const [one, other] = [median(figures.providers), median(figures.consumers)]
    rows.push([name, rounded(one), rounded(other), (other / one).toFixed(2)])
  }
  const head = ['what', 'providers, ms', 'consumers, ms', 'ratio']
  process.stdout.write(`${describeMachine()}; medians of ${rounds} rounds in turn\n\n${table(head, rows)}\n`)
  for (const { stop } of Object.values(sides)) await stop()
} finally {
  await postgres.stop()
}
process.exit(0)
