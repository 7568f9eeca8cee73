import { providerRef, QuotaTracker, type SubjectRef } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { openDatabase, PostgresQuotaStore } from '../src/index.js'
import { pendingExists } from '../src/store/statements/attempts.js'
import { createMigratedDatabase } from './migrated-databases.js'

const pendingCount = 20_000
/** Of 8 kB. The rows take more than a thousand. */
const maxPages = 40

test('whether a new provider or pool has pending attempts takes a few pages, however many others have', async () => {
  await using created = await createMigratedDatabase()
  const database = await openDatabase(created.url)
  const run = async (text: string, values: readonly unknown[] = []) =>
    await database.withSession(async session => (await session.run([{ name: '', text, values }]))[0] ?? [])
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  for (const name of ['busy-pool', 'new']) await tracker.upsertPool({ name })
  await tracker.upsertProvider({ name: 'busy', vendor: 'v', pool: 'busy-pool' })
  await tracker.upsertProvider({ name: 'new', vendor: 'v' })
  await run(`insert into usage_attempt (id, kind, provider_name, pool_name, state, subject_ids, occurred_at, date,
      expires_at, request_hash, writer, reserved_request_count, reserved_character_count, reserved_input_token_count,
      reserved_output_token_count, reserved_cached_input_token_count, reserved_cost_micro_usd, request_count,
      character_count, input_token_count, output_token_count, cached_input_token_count, cost_micro_usd)
    select gen_random_uuid(), 'call', 'busy', 'busy-pool', 'pending', array(select id from quota_subject where name like 'busy%'), now(), current_date, now() + interval '1 hour',
      'hash', quotakeeper_least_writer(), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from generate_series(1, ${pendingCount})`)
  await run('analyze usage_attempt')
  const looked = async (ref: SubjectRef) => {
    const { text, values } = pendingExists(ref)
    const [row] = await run(text, values)
    const [plan = {}] = await run(`explain (analyze, buffers, format json) ${text}`, values)
    // The form of PostgreSQL's own plans.
    const [{ Plan }] = plan['QUERY PLAN'] as [{ Plan: Record<string, number> }]
    return {
      pending: row?.['pending'],
      pages: (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0),
    }
  }
  try {
    for (const [ref, pending] of [
      [providerRef('new'), false],
      [{ kind: 'pool', name: 'new' }, false],
      [{ kind: 'pool', name: '' }, false],
      [providerRef('busy'), true],
      [{ kind: 'pool', name: 'busy-pool' }, true],
    ] as const) {
      const found = await looked(ref)
      expect(found, JSON.stringify(ref)).toMatchObject({ pending })
      expect(found.pages, JSON.stringify(ref)).toBeLessThan(maxPages)
    }
  } finally {
    await store.close()
    await database.close()
  }
})
