import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { chatAnswer } from './recorded-dialects.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let vendor: RecordedVendor
/** Each gives the answer to one call that waits for it. */
const held: (() => void)[] = []
beforeAll(async () => {
  api = await sharedTestApi()
  vendor = await startRecordedVendor((_, response) => {
    held.push(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(chatAnswer)))
  })
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
})

/** Sends a call that keeps its connection. */
function send({ origin, model }: Fixture, agent: Agent): Promise<[IncomingMessage]> {
  const headers = { 'content-type': 'application/json' }
  const sent = request(`${origin}/v1/chat/completions`, { method: 'POST', agent, headers })
  sent.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }))
  return once(sent, 'response') as Promise<[IncomingMessage]>
}

/** Whoever waits for a connection's end goes on when it has come. */
async function ended(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close')
}

test('a gateway that stops waits for calls under way alone: not for connections without one', async () => {
  await using fixture = await startFixture(api, { keys: { a: { baseUrl: vendor.baseUrl } } })
  const agent = new Agent({ keepAlive: true })
  const silent = connect(Number(new URL(fixture.origin).port), '127.0.0.1').resume()
  await once(silent, 'connect')
  const first = send(fixture, agent)
  await expect.poll(() => held.length).toBe(1)
  const second = send(fixture, agent)
  await expect.poll(() => held.length).toBe(2)
  const ledger = fixture.ledgerOf('a')
  // Such as a browser opens in advance, and Node's fetch after an aborted call.
  await ended(silent)
  for (const [index, answering] of [first, second].entries()) {
    held[index]?.()
    const [answer] = await answering
    const { socket } = answer
    expect([answer.statusCode, JSON.parse(await text(answer))]).toEqual([200, chatAnswer])
    await ended(socket)
  }
  const outcomes = (await ledger).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(['succeeded', 'succeeded'])
  agent.destroy()
})
