import { createApiDatabase, isThorough } from '@quotakeeper/test-kit'
import { expect, it } from 'vitest'
import { inputJsonSchema } from '../src/server/rest/read-input.js'
import { restRoutes } from '../src/server/rest/rest-routes.js'
import { makeFolder, startApiInstance } from './api-process.js'

/** Values that no field expects, some with the right type. */
const odd: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a\u0000b',
  '0000-01-01',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '-000001-01-01T00:00:00Z',
  '10000-01-01',
  '2026-02-30',
  'NaN',
  '1e400',
  'WyJhIiwxXQ',
  'WyIwMDAwLTAxLTAxIiwiYSJd',
  'WyI5OTk5OTk5OTk5OTk5OTkiLCI5OTk5OTk5OTk5OTk5OTkiXQ',
  '__proto__',
  'x'.repeat(20_000),
  '１',
  "'; drop table usage_attempt; --",
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  -(2 ** 53),
  1e308,
  [],
  [null],
  [[]],
  {},
  { kind: 'provider', name: '\u0000' },
]

/** Valid values for the other fields of an input. */
const plain: Readonly<Record<string, unknown>> = {
  providerName: 'groq_1',
  name: 'groq_1',
  from: '2026-11-01',
  to: '2026-11-30',
  groupBy: ['day'],
  reservationId: '01999999-0000-7000-8000-000000000001',
  requestId: 'r',
  enabled: true,
  httpStatus: 200,
  headers: {},
  traces: [],
}

/** In `test`, a field gets every fourth value, and the next field the values after them: a request takes 4 ms of a core. */
const nth = isThorough ? 1 : 4
const oddValuesOf = (field: number): readonly unknown[] =>
  odd.filter((_, index) => (index + field) % nth === 0)

it('no value of any input field makes the server fail', async () => {
  const { url, drop } = await createApiDatabase()
  {
    await using folder = await makeFolder()
    await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: url, QUOTA_LOG_LEVEL: 'fatal' })
    const failed: string[] = []
    let askedCount = 0
    let fieldCount = 0
    const ask = async (path: string, init?: RequestInit): Promise<void> => {
      askedCount++
      const { status } = await fetch(`${api.origin}${path}`, init)
      if (status >= 500)
        failed.push(
          `${status} ${init?.method ?? 'GET'} ${path.slice(0, 200)} ${String(init?.body).slice(0, 200)}`,
        )
    }
    for (const route of restRoutes.filter(({ input }) => input !== null)) {
      const { properties = {}, required = [] } = route.input === null ? {} : inputJsonSchema(route.input)
      const base = Object.fromEntries(required.map(name => [name, plain[name]]))
      const fields = [...Object.keys(properties), 'extra']
      const asked = fields.flatMap(field =>
        oddValuesOf(fieldCount++).map(value => ({ ...base, [field]: value })),
      )
      // Only few examinations may wait.
      const atOnce = route.procedure === 'system.examine' ? 5 : 20
      for (let start = 0; start < asked.length; start += atOnce) {
        await Promise.all(
          asked.slice(start, start + atOnce).map(input => {
            const path = `/api/v1${route.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(wellFormed(input[name])))}`
            if (route.method === 'POST' || route.method === 'PUT') {
              const headers = { 'content-type': 'application/json' }
              return ask(path, { method: route.method, headers, body: JSON.stringify(input) })
            }
            const query = Object.entries(input).flatMap(([name, value]) =>
              (Array.isArray(value) ? value : [value]).map(
                each => `${name}=${encodeURIComponent(wellFormed(each)).slice(0, 10_000)}`,
              ),
            )
            return ask(`${path}?${query.join('&')}`, { method: route.method })
          }),
        )
      }
    }
    expect(failed).toEqual([])
    expect(askedCount).toBeGreaterThan(2_000 / nth)
    expect((await fetch(`${api.origin}/readyz`)).status).toBe(200)
  }
  await drop()
})

/** The value as it can appear in a URL. */
function wellFormed(value: unknown): string {
  return String(typeof value === 'object' ? JSON.stringify(value) : value).replaceAll(
    /\p{Surrogate}/gu,
    '\ufffd',
  )
}
