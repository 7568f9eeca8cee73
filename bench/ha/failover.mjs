import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { examineStore, QuotaTracker } from '@quotakeeper/quota-core'
import { startProcess, startReplicatedPostgres } from '@quotakeeper/test-kit'

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url))
const most = 900

/**
 * @typedef {{ readonly step: string, readonly id?: string, readonly atMs: number }} Entry
 *
 * @typedef {{
 *   readonly processes: number
 *   readonly callers: number
 *   readonly loadMs: number
 *   readonly promoteAfterMs: number
 * }} Plan `promoteAfterMs`: time until the failover is noticed
 *
 * @typedef {{
 *   readonly granted: number
 *   readonly grantedBefore: number
 *   readonly committed: number
 *   readonly unavailable: number
 *   readonly lost: number
 *   readonly scarceGranted: number
 *   readonly scarceMost: number
 *   readonly discrepancies: number
 *   readonly outageMs: number
 *   readonly afterPromotionMs: number
 * }} Result
 */

/** Kills a primary under load, promotes its standby, and counts losses. @param {Plan} plan */
export async function failOver(plan) {
  const pair = await startReplicatedPostgres()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-failover-'))
  try {
    await setUp(pair.url)
    const journals = Array.from({ length: plan.processes }, (_, index) => join(directory, `${index}.jsonl`))
    const workers = await Promise.all(
      journals.map(journal =>
        startProcess({ args: [worker, pair.url, journal, String(plan.callers)], readyWhen: /serving/ }),
      ),
    )
    await pause(plan.loadMs)
    const killedAtMs = Date.now()
    await pair.killPrimary()
    await pause(plan.promoteAfterMs)
    const promotedAtMs = Date.now()
    await pair.promoteStandby()
    await pause(plan.loadMs)
    for (const { pid, exited, stop, output } of workers) {
      const { code } = await stop()
      if (code !== 0) throw new Error(`process ${pid} failed (${(await exited).signal}):\n${output()}`)
    }
    const entries = (await Promise.all(journals.map(readJournal))).flat()
    return await checkAcknowledged(pair.url, entries, { killedAtMs, promotedAtMs })
  } finally {
    await pair.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** @param {string} url */
async function setUp(url) {
  await withStore(url, async store => {
    const tracker = new QuotaTracker({ store })
    const limit = /** @type {const} */ ({ metric: 'requests', window: 'day' })
    await tracker.upsertProvider({
      name: 'plenty',
      vendor: 'custom',
      limits: [{ ...limit, max: 10_000_000 }],
    })
    await tracker.upsertProvider({ name: 'scarce', vendor: 'custom', limits: [{ ...limit, max: most }] })
  })
}

/**
 * @template T
 * @param {string} url
 * @param {(store: PostgresQuotaStore) => Promise<T>} work
 */
async function withStore(url, work) {
  const database = await openDatabase(url)
  try {
    await migrate(database)
    const store = new PostgresQuotaStore({ database })
    const result = await work(store)
    await store.close()
    return result
  } finally {
    await database.close()
  }
}

/** @param {string} path @returns {Promise<Entry[]>} */
async function readJournal(path) {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line))
}

/**
 * @param {string} url
 * @param {readonly Entry[]} entries
 * @param {{ readonly killedAtMs: number, readonly promotedAtMs: number }} times
 * @returns {Promise<Result>}
 */
async function checkAcknowledged(url, entries, { killedAtMs, promotedAtMs }) {
  const answers = entries.filter(({ step }) => step !== 'unavailable')
  const granted = answers.filter(({ step }) => step === 'granted')
  const committed = answers.filter(({ step }) => step === 'committed')
  const outage = longestSilence(answers)
  return withStore(url, async store => {
    const states = new Map((await readLedger(store)).map(({ id, state }) => [id, state]))
    const lostGrants = granted.filter(({ id = '' }) => !states.has(id))
    const lostCommits = committed.filter(({ id = '' }) => states.get(id) !== 'committed')
    const scarce = await new QuotaTracker({ store }).getUsageStats('scarce')
    return {
      granted: granted.length,
      grantedBefore: granted.filter(({ atMs }) => atMs <= killedAtMs).length,
      committed: committed.length,
      unavailable: entries.length - answers.length,
      lost: lostGrants.length + lostCommits.length,
      scarceGranted: (scarce.limits[0]?.used ?? 0) + (scarce.limits[0]?.held ?? 0),
      scarceMost: most,
      discrepancies: (await examineStore(store, null)).length,
      outageMs: outage.endMs - outage.startMs,
      afterPromotionMs: outage.endMs - promotedAtMs,
    }
  })
}

/** The longest time without any answer. @param {readonly Entry[]} answers */
function longestSilence(answers) {
  const instants = answers.map(({ atMs }) => atMs).sort((left, right) => left - right)
  let longest = { startMs: 0, endMs: 0 }
  for (const [index, endMs] of instants.entries()) {
    const startMs = instants[index - 1] ?? endMs
    if (endMs - startMs > longest.endMs - longest.startMs) longest = { startMs, endMs }
  }
  return longest
}

/** @param {PostgresQuotaStore} store */
async function readLedger(store) {
  const rows = []
  /** @type {string | null} */
  let cursor = null
  do {
    const query = /** @type {const} */ ({
      type: 'ledger',
      providerName: null,
      requestId: null,
      pageSize: 1_000,
    })
    /** @type {import('@quotakeeper/quota-core').PageOf<import('@quotakeeper/quota-core').Attempt>} */
    const page = await store.read({ ...query, cursor })
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}
