import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { type FastifyReply, fastify } from 'fastify'
import { expect, test } from 'vitest'
import { CallsInFlight } from './calls-in-flight.js'

test('at most 5,000 calls are in flight, and a call whose client has already disconnected is aborted and not counted', async () => {
  const calls = new CallsInFlight()
  const app = fastify()
  const replies: FastifyReply[] = []
  app.get('/', (_request, reply) => {
    replies.push(reply)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const open = async () => {
    const count = replies.length
    const client = connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await expect.poll(() => replies.length).toBe(count + 1)
    const reply = replies[count]
    if (reply === undefined) throw new Error('no request arrived')
    return { client, reply }
  }
  const left = await open()
  left.client.destroy()
  await once(left.reply.raw, 'close')
  expect(calls.enter(left.reply)?.aborted).toBe(true)

  const { client, reply } = await open()
  reply.raw.setMaxListeners(0)
  const signals = Array.from({ length: 5_000 }, () => calls.enter(reply))
  expect(signals.every(signal => signal?.aborted === false)).toBe(true)
  expect(calls.enter(reply)).toBeNull()
  client.destroy()
  await once(reply.raw, 'close')
  expect(signals.every(signal => signal?.aborted)).toBe(true)
  const next = await open()
  expect(calls.enter(next.reply)?.aborted).toBe(false)
  next.client.destroy()
  await app.close()
})
