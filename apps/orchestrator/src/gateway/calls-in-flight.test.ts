import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type FastifyReply, fastify } from 'fastify'
import { expect, test } from 'vitest'
import { CallsInFlight } from './calls-in-flight.js'

interface Fixture extends AsyncDisposable {
  /** Sends a request whose answer is left to the test. */
  open(): Promise<{ readonly client: Socket; readonly reply: FastifyReply }>
}

async function startFixture(): Promise<Fixture> {
  const app = fastify()
  const replies: FastifyReply[] = []
  app.get('/', (_request, reply) => {
    replies.push(reply)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    open: async () => {
      const count = replies.length
      const client = connect(port, '127.0.0.1')
      client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
      await expect.poll(() => replies.length).toBe(count + 1)
      const reply = replies[count]
      if (reply === undefined) throw new Error('no request arrived')
      return { client, reply }
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}

test('at most 5,000 calls are in flight, and a call whose client has already disconnected is aborted and not counted', async () => {
  await using fixture = await startFixture()
  const calls = new CallsInFlight(60_000)
  const left = await fixture.open()
  left.client.destroy()
  await once(left.reply.raw, 'close')
  expect(calls.enter(left.reply, null)?.aborted).toBe(true)

  const { client, reply } = await fixture.open()
  reply.raw.setMaxListeners(0)
  const signals = Array.from({ length: 5_000 }, () => calls.enter(reply, null))
  expect(signals.every(signal => signal?.aborted === false)).toBe(true)
  expect(calls.enter(reply, null)).toBeNull()
  client.destroy()
  await once(reply.raw, 'close')
  expect(signals.every(signal => signal?.aborted)).toBe(true)
  const next = await fixture.open()
  expect(calls.enter(next.reply, null)?.aborted).toBe(false)
  next.client.destroy()
})

test('a client that takes nothing of a waiting answer is disconnected, and one whose answer has not begun is not', async () => {
  await using fixture = await startFixture()
  const calls = new CallsInFlight(50)
  const { client, reply } = await fixture.open()
  client.pause()
  const signal = calls.enter(reply, null)
  await once(reply.raw, 'timeout')
  expect([reply.raw.closed, signal?.aborted]).toEqual([false, false])
  reply.send('x'.repeat(30_000_000))
  await once(reply.raw, 'close')
  client.on('error', () => undefined).resume()
  await once(client, 'close')
  expect(client.bytesRead).toBeLessThan(30_000_000)
})

test('one caller’s calls leave room for those of others, and what ends makes room', async () => {
  await using fixture = await startFixture()
  const calls = new CallsInFlight(60_000)
  const { client, reply } = await fixture.open()
  reply.raw.setMaxListeners(0)
  const other = await fixture.open()
  const signals = Array.from({ length: 5_000 }, () => calls.enter(reply, 'a'))
  expect(signals.filter(signal => signal !== null)).toHaveLength(4_000)
  expect(calls.enter(other.reply, 'b')?.aborted).toBe(false)
  client.destroy()
  await once(reply.raw, 'close')
  expect(calls.enter(other.reply, 'a')?.aborted).toBe(false)
  other.client.destroy()
})
