import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

test('lists success and latency by provider, with those that no provider was called for, or says that there are none', async () => {
  const before = await fixture.run(['performance'])
  expect(before).toMatchObject({ code: 0, out: '', err: 'No calls.\n' })
  const hourStart = `${new Date().toISOString().slice(0, 13)}:00:00.000Z`
  const counts = { answeredCount: 0, refusedCount: 0, failedCount: 0, abortedCount: 0, turnedAwayCount: 0 }
  const ofHour = { hourStart, model: 'm', consumer: 'acme', isOther: false, ...counts }
  const report = {
    ...{ reporter: randomUUID(), number: 1 },
    calls: [
      {
        ...{ ...ofHour, providerName: 'groq_1', answeredCount: 1_999, failedCount: 1 },
        ...{ durations: [...Array<number>(26).fill(0), 1_900, 0, 99], firstTokens: [5] },
      },
      { ...ofHour, providerName: '', turnedAwayCount: 7, durations: [], firstTokens: [] },
    ],
  }
  const response = await fetch(`${fixture.origin}/api/v1/performance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  })
  expect(response.status).toBe(200)
  const { code, out } = await fixture.run(['performance', '--period', '7d'])
  expect(code).toBe(0)
  const [header, first, second] = out.split('\n')
  expect(header).toMatch(/^PROVIDER +CALLS +SUCCESS +REFUSED +FAILED +ABORTED +NOT CALLED +P50 +P95/)
  // 1,999 of 2,000 are not all.
  expect(first).toMatch(/^groq_1 +2,000 +99\.9 % +0 +1 +0 +0 +830 ms +830 ms +10 ms +10 ms$/)
  expect(second).toMatch(/^\(no provider called\) +0 +– +0 +0 +0 +7 +– +– +– +–$/)
  const json = await fixture.run(['performance', '--by', 'consumer', '--provider', 'groq_1', '--json'])
  expect(JSON.parse(json.out)).toMatchObject([{ name: 'acme', callCount: 2_000, successShare: 0.9995 }])
  expect((await fixture.run(['performance', '--by', 'day'])).code).toBe(2)
})
