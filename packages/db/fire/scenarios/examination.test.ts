import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { type Fixture, openFixture } from '../fixture/open-fixture.js'

/** More than the limits of the providers they are moved to; a busy machine takes its time for them. */
const callsToMove = 250

/** Calls as if they had been granted by another provider: limits are examined by the subjects of the attempts. */
function moveCallsOfRoomy(providerName: string): string {
  return `create table moved as select id, subject_ids from usage_attempt where provider_name = 'roomy' and kind = 'call';
    update usage_attempt set provider_name = '${providerName}',
      subject_ids = array[(select id from quota_subject where kind = 'provider' and name = '${providerName}')]
    where id in (select id from moved)`
}

const returnCallsOfRoomy = `update usage_attempt as a set provider_name = 'roomy', subject_ids = moved.subject_ids
  from moved where a.id = moved.id; drop table moved`

/** Each a lie that a store might tell, and what an examination must say of it. */
const lies = [
  {
    what: 'a counter that has lost a unit',
    tell: `update quota_counter set used = used - 1 where subject_name = 'roomy' and limit_id = 'requests/day'`,
    undo: `update quota_counter set used = used + 1 where subject_name = 'roomy' and limit_id = 'requests/day'`,
    fault: /provider roomy: requests\/day: used is \d+ instead of \d+/,
  },
  {
    what: 'quota that is held for nobody',
    tell: `update quota_counter set held = held + 1 where subject_name = 'daily' and limit_id = 'characters/day'`,
    undo: `update quota_counter set held = held - 1 where subject_name = 'daily' and limit_id = 'characters/day'`,
    fault: /provider daily: characters\/day holds 1 for nobody/,
  },
  {
    what: 'a day that has counted a call twice',
    tell: `update ai_provider_usage set request_count = request_count + 1 where provider_name = 'roomy'`,
    undo: `update ai_provider_usage set request_count = request_count - 1 where provider_name = 'roomy'`,
    fault: /roomy on .+: the hours do not add up to the day/,
  },
  {
    what: 'a commit that was acknowledged, and is of other figures',
    tell: `update usage_attempt set character_count = character_count + 1 where state = 'committed' and kind = 'call'`,
    undo: `update usage_attempt set character_count = character_count - 1 where state = 'committed' and kind = 'call'`,
    fault: /committed: characterCount is \d+ instead of \d+/,
  },
  {
    what: 'reservations that were acknowledged, and are gone',
    tell: `create table gone as select * from usage_attempt where kind = 'call'; delete from usage_attempt where kind = 'call'`,
    undo: 'insert into usage_attempt select * from gone; drop table gone',
    fault: /(reserve|acquire) was answered "granted", but there is no row/,
  },
  {
    what: 'grants beyond a calendar limit',
    tell: moveCallsOfRoomy('minutely'),
    undo: returnCallsOfRoomy,
    fault: /provider minutely: requests\/minute \d+: \d+ of 150 at/,
  },
  {
    what: 'grants beyond a rolling limit',
    tell: moveCallsOfRoomy('rolling'),
    undo: returnCallsOfRoomy,
    fault: /provider rolling: requests\/rolling-2s 0: \d+ of 60 at/,
  },
] as const

let fixture: Fixture

beforeAll(async () => {
  fixture = await openFixture('examination')
  const worker = await fixture.startWorker({ maxVendorMs: 5 })
  await using sql = await fixture.connectSql()
  const enough = `select count(*) >= ${callsToMove} as enough from usage_attempt
    where provider_name = 'roomy' and kind = 'call' and state = 'committed'`
  while ((await sql.query(enough)).rows[0].enough !== true) await pause(100)
  await worker.finish()
})

afterAll(() => fixture[Symbol.asyncDispose]())

test('an examination finds nothing at a field where all is well', async () => {
  expect((await examineFixture(fixture)).faults).toEqual([])
})

test.each(lies)('an examination finds $what', async ({ tell, undo, fault }) => {
  await using sql = await fixture.connectSql()
  await sql.query(tell)
  try {
    expect((await examineFixture(fixture)).faults).toContainEqual(expect.stringMatching(fault))
  } finally {
    await sql.query(undo)
  }
})
