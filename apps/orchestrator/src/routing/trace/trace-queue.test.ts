import { createServer } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createQuotaApi, type RequestTrace } from '../../api/quota-api.js'
import { TraceQueue } from './trace-queue.js'

function traceOf(requestId: string): RequestTrace {
  return {
    requestId,
    at: new Date().toISOString(),
    model: 'm',
    outcome: 'answered',
    httpStatus: 200,
    code: '',
    providerName: 'a',
    strategy: 'most-remaining',
    isStream: false,
    waitedMs: 0,
    durationMs: 1,
    attempts: [],
    skipped: [],
  }
}

/** An API on its own port that receives traces; it answers the first reports with these codes of errors. */
async function startListener(onReport: () => void, ...failures: readonly string[]) {
  const reports: string[][] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const questions = Object.values(JSON.parse(text) as Record<string, { traces: RequestTrace[] }>)
      for (const { traces } of questions) reports.push(traces.map(({ requestId }) => requestId))
      onReport()
      const code = failures[reports.length - 1]
      const error = { message: 'no', code: 0, data: { code, httpStatus: 500, quotaCode: null } }
      response.writeHead(code === undefined ? 200 : 500, { 'content-type': 'application/json' })
      const answer = code === undefined ? { result: { data: {} } } : { error }
      response.end(JSON.stringify(questions.map(() => answer)))
    })
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  return {
    reports,
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

test('traces that arrive during a send wait for the next one, and all are sent in the end', async () => {
  let count = 0
  const add = (): void => queue.add(traceOf(`${count++}`))
  await using listener = await startListener(() => {
    if (listener.reports.length < 20) add()
  })
  const api = createQuotaApi({ url: listener.url, token: null })
  const queue = new TraceQueue({ api, log: pino({ level: 'silent' }) })
  for (let each = 0; each < 150; each++) add()
  await expect.poll(() => listener.reports.length).toBe(2)
  // Two came while these were sent. They are sent by a timer, so that there are as many turns as one likes before it.
  for (let turns = 0; turns < 1_000; turns++) await nextTurn()
  expect(listener.reports.map(ids => ids.length)).toEqual([100, 50])
  await queue.stop()
  await api.close()
  expect(listener.reports.flat().toSorted()).toEqual(
    Array.from({ length: 152 }, (_, id) => `${id}`).toSorted(),
  )
})

/** Sends two traces, and two more with what is not sent by then. @returns the ids in each report */
async function reportsTo(...failures: readonly string[]): Promise<readonly (readonly string[])[]> {
  await using listener = await startListener(() => {}, ...failures)
  const api = createQuotaApi({ url: listener.url, token: null })
  const queue = new TraceQueue({ api, log: pino({ level: 'silent' }) })
  for (const id of ['a', 'b']) queue.add(traceOf(id))
  await expect.poll(() => listener.reports.length).toBe(1)
  for (const id of ['c', 'd']) queue.add(traceOf(id))
  await queue.stop()
  await api.close()
  return listener.reports
}

test('traces that the API may have taken are sent again unchanged, the later ones after them', async () => {
  expect(await reportsTo('SERVICE_UNAVAILABLE')).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('traces that the API refuses as invalid do not hold up the others', async () => {
  expect(await reportsTo('BAD_REQUEST')).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})
