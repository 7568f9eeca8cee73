import { createServer, type Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createQuotaApi, type QuotaApi } from '../api/quota-api.js'
import { SettleQueue } from './settle-queue.js'
import type { Settlement } from './settlement.js'

const log = pino({ level: 'silent' })
const never = new AbortController().signal

/** An API with configurable answers, on its own port. */
let server: Server
let api: QuotaApi
let httpStatus: number
let asked: string[]
let onAsked: () => void
/** The API's error for a request; none unless a test sets it. */
let faultOf: (question: Question) => Fault | null

interface Question {
  readonly reservationId: string
  readonly signals?: object
}

interface Fault {
  readonly code: string
  readonly quotaCode?: string | null
}

function answerTo(question: Question): object {
  const data = faultOf(question)
  return data === null
    ? { result: { data: {} } }
    : { error: { message: 'no', code: -32_000, data: { httpStatus, ...data } } }
}

beforeEach(async () => {
  httpStatus = 200
  asked = []
  onAsked = () => undefined
  faultOf = () =>
    httpStatus === 200 ? null : { code: 'SERVICE_UNAVAILABLE', quotaCode: 'STORE_UNAVAILABLE' }
  server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const questions = Object.values(JSON.parse(text) as Record<string, Question>)
      asked.push(...questions.map(({ reservationId }) => reservationId))
      onAsked()
      response.writeHead(httpStatus, { 'content-type': 'application/json' })
      response.end(JSON.stringify(questions.map(answerTo)))
    })
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  api = createQuotaApi({ url: `http://127.0.0.1:${address.port}`, token: null })
})
afterEach(async () => {
  await api.close()
  await new Promise(resolve => server.close(resolve))
})

function release(reservationId: string): () => Settlement {
  return () => ({ kind: 'release', reservationId })
}

async function slotIn(queue: SettleQueue) {
  const slot = await queue.slot(never)
  if (slot === null) throw new Error('no place')
  return slot
}

test('every settlement arrives, including the last ones before a stop', async () => {
  const queue = new SettleQueue({ api, log })
  const ids = Array.from({ length: 250 }, (_, index) => `id-${index}`)
  for (const id of ids) (await slotIn(queue)).settle(release(id))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked.toSorted()).toEqual(ids.toSorted())
})

test('a settlement that the API cannot accept now is retried until it does', async () => {
  httpStatus = 503
  const queue = new SettleQueue({ api, log })
  onAsked = () => {
    if (asked.length === 3) httpStatus = 200
  }
  ;(await slotIn(queue)).settle(release('one'))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['one', 'one', 'one'])
})

const ownFaults = [
  { code: 'CONFLICT', quotaCode: 'ALREADY_SETTLED' },
  { code: 'NOT_FOUND', quotaCode: 'UNKNOWN_RESERVATION' },
  { code: 'BAD_REQUEST', quotaCode: 'INVALID_INPUT' },
]

test.each(ownFaults)('what the API never takes ($quotaCode) is stated once, and set aside', async fault => {
  httpStatus = 409
  faultOf = () => fault
  const lines: Record<string, unknown>[] = []
  const noting = pino({ level: 'error' }, { write: line => void lines.push(JSON.parse(line)) })
  const queue = new SettleQueue({ api, log: noting })
  const charge = { outcome: 'succeeded', requestCount: 1, inputTokenCount: 7 } as const
  ;(await slotIn(queue)).settle(() => ({ kind: 'commit', reservationId: 'one', charge }))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['one'])
  const settlement = { kind: 'commit', reservationId: 'one', ...charge }
  expect(queue.setAside.list()).toMatchObject([{ code: fault.quotaCode, settlement }])
  expect([...queue.setAside.counts()]).toEqual([[fault.quotaCode, 1]])
  expect(lines).toMatchObject([{ code: fault.quotaCode, settlement }])
})

test('a release of a reservation that was never granted is done, and not set aside', async () => {
  httpStatus = 404
  faultOf = () => ({ code: 'NOT_FOUND', quotaCode: 'UNKNOWN_RESERVATION' })
  const queue = new SettleQueue({ api, log })
  ;(await slotIn(queue)).settle(release('one'))
  expect(await queue.stop(10_000)).toBe(0)
  expect([asked, queue.setAside.list()]).toEqual([['one'], []])
})

const faultsOfOthers: readonly Fault[] = [
  // From a proxy or an API of another release, without an error code.
  { code: 'NOT_FOUND' },
  { code: 'NOT_FOUND', quotaCode: null },
  { code: 'BAD_REQUEST', quotaCode: null },
  { code: 'CONFLICT' },
  { code: 'PAYLOAD_TOO_LARGE' },
  { code: 'UNPROCESSABLE_CONTENT' },
  { code: 'FORBIDDEN' },
  { code: 'INTERNAL_SERVER_ERROR', quotaCode: null },
  { code: 'SOMETHING_NEW', quotaCode: 'SOMETHING_NEW' },
]

test.each(faultsOfOthers)(
  'nothing is dropped for $code that the API has no name for ($quotaCode)',
  async fault => {
    httpStatus = 400
    faultOf = () => (asked.length < 3 ? fault : null)
    const queue = new SettleQueue({ api, log })
    ;(await slotIn(queue)).settle(release('one'))
    expect(await queue.stop(10_000)).toBe(0)
    expect(asked).toEqual(['one', 'one', 'one'])
    expect(queue.setAside.list()).toEqual([])
  },
)

test('refused signals do not lose the charge', async () => {
  faultOf = ({ signals }) => (signals ? { code: 'BAD_REQUEST', quotaCode: 'INVALID_INPUT' } : null)
  const signals = {
    providerName: 'a',
    httpStatus: 200,
    headers: {},
    sentAt: '2026-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
  }
  const queue = new SettleQueue({ api, log })
  ;(await slotIn(queue)).settle(() => ({
    kind: 'commit',
    reservationId: 'one',
    charge: { outcome: 'succeeded', signals },
  }))
  expect(await queue.stop(10_000)).toBe(0)
  expect([asked, queue.setAside.list()]).toEqual([['one', 'one'], []])
})

test('a hundred settlements that the API cannot accept now do not block others', async () => {
  faultOf = ({ reservationId }) =>
    reservationId.startsWith('bad') ? { code: 'INTERNAL_SERVER_ERROR' } : null
  const queue = new SettleQueue({ api, log })
  for (let count = 0; count < 100; count++) (await slotIn(queue)).settle(release(`bad-${count}`))
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(100)
  ;(await slotIn(queue)).settle(release('good'))
  await expect.poll(() => queue.length).toBe(100)
  expect(asked).toContain('good')
  expect(await queue.stop(0)).toBe(100)
})

test('settlements left at a stop are logged completely, without the vendor’s answer', async () => {
  httpStatus = 503
  const lines: string[] = []
  const queue = new SettleQueue({
    api,
    log: pino({ level: 'error' }, { write: line => void lines.push(line) }),
  })
  const signals = {
    providerName: 'a',
    httpStatus: 429,
    headers: { 'x-ratelimit-key': 'sk-secret' },
    body: 'Incorrect API key provided: sk-secret',
    sentAt: '2026-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
  }
  const charge = { outcome: 'refused', requestCount: 1, signals } as const
  ;(await slotIn(queue)).settle(() => ({ kind: 'commit', reservationId: 'one', charge }))
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  expect(await queue.stop(0)).toBe(1)
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    {
      settlement: {
        kind: 'commit',
        reservationId: 'one',
        outcome: 'refused',
        requestCount: 1,
        httpStatus: 429,
      },
    },
  ])
  expect(lines.join('')).not.toContain('sk-secret')
})

test('with a full queue callers wait for a slot, in order, and nothing is dropped', async () => {
  const queue = new SettleQueue({ api, log, capacity: 2 })
  const first = await slotIn(queue)
  const second = await slotIn(queue)
  const order: string[] = []
  const third = queue.slot(never).then(slot => {
    order.push('third')
    return slot
  })
  const fourth = queue.slot(never).then(slot => {
    order.push('fourth')
    return slot
  })
  await nextTurn()
  expect(order).toEqual([])
  first.settle(release('first'))
  ;(await third)?.leave()
  ;(await fourth)?.settle(release('fourth'))
  second.leave()
  expect(order).toEqual(['third', 'fourth'])
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked.toSorted()).toEqual(['first', 'fourth'])
})

test('an aborted wait takes no slot', async () => {
  const queue = new SettleQueue({ api, log, capacity: 1 })
  const slot = await slotIn(queue)
  const client = new AbortController()
  const waiting = queue.slot(client.signal)
  client.abort()
  expect(await waiting).toBeNull()
  slot.leave()
  ;(await slotIn(queue)).leave()
  expect(await queue.stop(0)).toBe(0)
})

test('a stop returns the number of unsent settlements', async () => {
  httpStatus = 503
  const queue = new SettleQueue({ api, log })
  ;(await slotIn(queue)).settle(release('one'))
  await slotIn(queue)
  expect(await queue.stop(50)).toBe(2)
})

test('a settlement that cannot be computed frees its slot', async () => {
  const queue = new SettleQueue({ api, log, capacity: 1 })
  ;(await slotIn(queue)).settle(() => {
    throw new Error('a fault of ours')
  })
  ;(await slotIn(queue)).settle(release('next'))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['next'])
})
