// Runs two replicas, a gateway and PostgreSQL under a steady mix of calls, reads and exports, and writes
// docs/soak.md: memory and latencies minute by minute. Usage: node bench/soak/run.mjs [MINUTES]
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { describeMachine } from '../src/machine.mjs'
import { chatClient } from './chat.mjs'
import { paced } from './paced.mjs'
import { startWorld } from './world.mjs'

const minutes = Number(process.argv[2] ?? 15)
const counts = { requestCount: 1, inputTokenCount: 10, outputTokenCount: 20 }

const world = await startWorld()
const { client, firstOrigin } = world
const over = new AbortController()
const chat = chatClient(world.chatUrl)
const signal = over.signal
const loads = {
  'call through the gateway': paced({ call: chat.call, loops: 16, everyMs: 200, signal }),
  'reserve and commit at API 2': paced({ call: reserveAndCommit, loops: 8, everyMs: 100, signal }),
  'a call of an unknown model': paced({ call: oddModel, loops: 1, everyMs: 500, signal }),
  'stats of all, history': paced({ call: readFigures, loops: 1, everyMs: 2_000, signal }),
  'export of the ledger': paced({ call: exportLedger, loops: 1, everyMs: 10_000, signal }),
}
const measured = ['call through the gateway', 'reserve and commit at API 2']

/** @type {{ minute: number, pssMb: number[], p50Ms: number[], p99Ms: number[] }[]} */
const rows = []
for (let minute = 1; minute <= minutes; minute++) {
  await pause(60_000)
  const latencies = measured.map(name => loads[name].take())
  const row = {
    minute,
    pssMb: await Promise.all(Object.values(world.pids).map(pssMb)),
    p50Ms: latencies.map(sorted => share(sorted, 0.5)),
    p99Ms: latencies.map(sorted => share(sorted, 0.99)),
  }
  rows.push(row)
  process.stderr.write(`${JSON.stringify(row)}\n`)
}
over.abort()
await Promise.all(Object.values(loads).map(({ ended }) => ended))
// Answered calls are settled afterwards.
await pause(5_000)
/** @type {unknown[]} */
const discrepancies = []
for (const providerName of ['soak_1', 'soak_2'])
  discrepancies.push(...(await client.query('system.examine', { providerName })).discrepancies)
chat.close()
await world.stop()

const third = Math.ceil(rows.length / 3)
/** Median of the last third ÷ median of the second. @param {(row: typeof rows[number]) => number | undefined} of */
const drift = of => {
  const medianOf = (/** @type {typeof rows} */ part) =>
    share(
      part.map(row => of(row) ?? Number.NaN).sort((left, right) => left - right),
      0.5,
    )
  return medianOf(rows.slice(-third)) / medianOf(rows.slice(third, 2 * third))
}

const columns = [
  ...Object.keys(world.pids).map((name, index) => ({
    title: `${name}, MB`,
    of: (/** @type {typeof rows[number]} */ row) => row.pssMb[index],
  })),
  ...measured.flatMap((name, index) => [
    { title: `${name}: p50, ms`, of: (/** @type {typeof rows[number]} */ row) => row.p50Ms[index] },
    { title: 'p99, ms', of: (/** @type {typeof rows[number]} */ row) => row.p99Ms[index] },
  ]),
]
const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(' | ')} |`
const report = `# Soak

\`node bench/soak/run.mjs\` writes this file. For ${minutes} minutes two replicas of the API on one PostgreSQL 18, a gateway and a
vendor with immediate answers, each in a separate process, serve a steady mix: 80 chat completions a second through the
gateway (half of them streamed, one in ten aborted by its client), 80 reservations with their commits a second at the
second replica, two calls a second for unknown models, stats of all providers and history every two
seconds, and an export of the ledger every ten. Memory is the proportional set size (PSS) of each process.

${describeMachine()}; the load, PostgreSQL and the vendor share these cores.

${line(['minute', ...columns.map(({ title }) => title)])}
|---${columns.map(() => '|---:').join('')}|
${rows.map(row => line([row.minute, ...columns.map(({ of }) => (of(row) ?? 0).toFixed(1))])).join('\n')}
${line(['**last third ÷ second third**', ...columns.map(({ of }) => `**${drift(of).toFixed(2)}**`)])}

| load | calls | failed |
|---|---:|---|
${Object.entries(loads)
  .map(([name, load]) => line([name, load.calls(), describeFailures(load.failures)]))
  .join('\n')}

Afterwards \`doctor\` found ${discrepancies.length} sums that differ from the ledger.
`
await writeFile(new URL('../../docs/soak.md', import.meta.url), report)
process.stdout.write(report)
if (discrepancies.length > 0) throw new Error('the sums do not agree with the ledger')

async function reserveAndCommit() {
  const id = randomUUID()
  const answer = await client.mutate('quota.reserve', {
    providerName: 'soak_1',
    model: 'direct',
    id,
    ...counts,
  })
  if (answer.decision !== 'granted') throw new Error(`denied: ${JSON.stringify(answer.reasons)}`)
  await client.mutate('quota.commit', { reservationId: id, ...counts })
}

async function oddModel() {
  const id = randomUUID()
  const model = `odd-${id}`
  await client.mutate('quota.reserve', { providerName: 'soak_1', model, id, ...counts })
  await client.mutate('quota.release', { reservationId: id })
}

async function readFigures() {
  await client.query('stats.all')
  const today = new Date().toISOString().slice(0, 10)
  await client.query('usage.history', { from: today, to: today })
}

async function exportLedger() {
  const answer = await fetch(`${firstOrigin}/api/v1/usage/export?what=ledger`)
  if (!answer.ok || answer.body === null) throw new Error(`the export was answered ${answer.status}`)
  for await (const _ of answer.body) if (over.signal.aborted) break
}

/** @param {number} pid */
async function pssMb(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) / 1_024
}

/** @param {readonly number[]} sorted @param {number} part */
function share(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** @param {ReadonlyMap<string, number>} failures */
function describeFailures(failures) {
  return failures.size === 0
    ? 'none'
    : [...failures].map(([reason, times]) => `${times} × ${reason}`).join('; ')
}
