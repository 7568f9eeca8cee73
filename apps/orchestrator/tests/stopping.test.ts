import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { chatAnswer, chatEvents } from './recorded-dialects.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const endOfStream = 'data: [DONE]\n\n'

let api: TestApi
let vendor: RecordedVendor
/** Each ends the answer to one call, in their order. */
const held: (() => void)[] = []
beforeAll(async () => {
  api = await sharedTestApi()
  vendor = await startRecordedVendor(({ body }, response) => {
    const isStream = JSON.parse(body.toString()).stream === true
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    if (isStream) response.write(chatEvents.replace(endOfStream, ''))
    held.push(() => response.end(isStream ? endOfStream : JSON.stringify(chatAnswer)))
  })
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
})

/** Sends a call that keeps its connection. @returns its answer when that has begun */
async function send({ origin, model }: Fixture, agent: Agent, stream: boolean): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' }
  const sent = request(`${origin}/v1/chat/completions`, { method: 'POST', agent, headers })
  sent.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], stream }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}

async function ended(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close')
}

test('a gateway that stops gives the answers under way, and waits for no connection without one', async () => {
  await using fixture = await startFixture(api, { keys: { a: { baseUrl: vendor.baseUrl } } })
  const agent = new Agent({ keepAlive: true })
  // Such as a browser opens in advance, and Node's fetch after an aborted call.
  const silent = connect(Number(new URL(fixture.origin).port), '127.0.0.1').resume()
  await once(silent, 'connect')
  const streamed = await send(fixture, agent, true)
  const { socket } = streamed
  const answering = send(fixture, agent, false)
  await expect.poll(() => held.length).toBe(2)
  const ledger = fixture.ledgerOf('a')
  await ended(silent)
  held[0]?.()
  expect(await text(streamed)).toContain(endOfStream)
  await ended(socket)
  held[1]?.()
  const whole = await answering
  expect([whole.statusCode, whole.headers.connection]).toEqual([200, 'close'])
  expect(JSON.parse(await text(whole))).toEqual(chatAnswer)
  const outcomes = (await ledger).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(['succeeded', 'succeeded'])
  agent.destroy()
})
