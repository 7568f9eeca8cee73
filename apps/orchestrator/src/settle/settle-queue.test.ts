import { createServer, type Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createQuotaApi, type QuotaApi } from '../api/quota-api.js'
import { SettleQueue } from './settle-queue.js'
import type { Settlement } from './settlement.js'

const log = pino({ level: 'silent' })
const never = new AbortController().signal

/** An API that is told how to answer, at a port of its own. */
let server: Server
let api: QuotaApi
let httpStatus: number
let asked: string[]
let onAsked: () => void

beforeEach(async () => {
  httpStatus = 200
  asked = []
  onAsked = () => undefined
  server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const questions = Object.values(JSON.parse(text) as Record<string, { reservationId: string }>)
      asked.push(...questions.map(({ reservationId }) => reservationId))
      onAsked()
      const code = httpStatus === 409 ? 'CONFLICT' : 'SERVICE_UNAVAILABLE'
      const answer =
        httpStatus === 200
          ? { result: { data: {} } }
          : { error: { message: 'no', code: -32_000, data: { code, httpStatus } } }
      response.writeHead(httpStatus, { 'content-type': 'application/json' })
      response.end(JSON.stringify(questions.map(() => answer)))
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

async function placeIn(queue: SettleQueue) {
  const place = await queue.place(never)
  if (place === null) throw new Error('no place')
  return place
}

test('every settlement arrives, also the last of many before a stop', async () => {
  const queue = new SettleQueue({ api, log })
  const ids = Array.from({ length: 250 }, (_, index) => `id-${index}`)
  for (const id of ids) (await placeIn(queue)).settle(release(id))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked.toSorted()).toEqual(ids.toSorted())
})

test('what the API cannot take now is stated again until it does', async () => {
  httpStatus = 503
  const queue = new SettleQueue({ api, log })
  onAsked = () => {
    if (asked.length === 3) httpStatus = 200
  }
  ;(await placeIn(queue)).settle(release('one'))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['one', 'one', 'one'])
})

test('what the API can never take is stated once', async () => {
  httpStatus = 409
  const queue = new SettleQueue({ api, log })
  ;(await placeIn(queue)).settle(release('one'))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['one'])
})

test('a full queue makes callers wait for a place, in their order; nothing is dropped', async () => {
  const queue = new SettleQueue({ api, log, capacity: 2 })
  const first = await placeIn(queue)
  const second = await placeIn(queue)
  const order: string[] = []
  const third = queue.place(never).then(place => {
    order.push('third')
    return place
  })
  const fourth = queue.place(never).then(place => {
    order.push('fourth')
    return place
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

test('who gives up waiting takes no place', async () => {
  const queue = new SettleQueue({ api, log, capacity: 1 })
  const place = await placeIn(queue)
  const client = new AbortController()
  const waiting = queue.place(client.signal)
  client.abort()
  expect(await waiting).toBeNull()
  place.leave()
  ;(await placeIn(queue)).leave()
  expect(await queue.stop(0)).toBe(0)
})

test('a stop tells how many settlements were left', async () => {
  httpStatus = 503
  const queue = new SettleQueue({ api, log })
  ;(await placeIn(queue)).settle(release('one'))
  await placeIn(queue)
  expect(await queue.stop(50)).toBe(2)
})

test('a settlement that cannot be worked out leaves its place to others', async () => {
  const queue = new SettleQueue({ api, log, capacity: 1 })
  ;(await placeIn(queue)).settle(() => {
    throw new Error('a fault of ours')
  })
  ;(await placeIn(queue)).settle(release('next'))
  expect(await queue.stop(10_000)).toBe(0)
  expect(asked).toEqual(['next'])
})
