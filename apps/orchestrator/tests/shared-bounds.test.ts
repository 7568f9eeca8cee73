import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { errorOf, startFixture } from './fixture.js'
import { sharedTestApi } from './test-api.js'

const mebibyte = 1_048_576

test('uploads that one consumer never ends leave memory for those of others', async () => {
  await using fixture = await startFixture(await sharedTestApi(), {
    keys: { a: {} },
    environment: { QUOTA_GATEWAY_MEMORY_BYTES: String(64 * mebibyte) },
  })
  const { port, host } = new URL(fixture.origin)
  const stalled = Array.from({ length: 10 }, () => {
    const socket = connect(Number(port), '127.0.0.1')
    const upload = { socket, answer: '' }
    socket.setEncoding('utf8').on('data', text => {
      upload.answer += text
    })
    socket.on('error', () => undefined)
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nx-quotakeeper-consumer: greedy\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${2 * mebibyte}\r\n\r\n{`,
    )
    return upload
  })
  const ask = (consumer: string, bytes: number): Promise<Response> =>
    fixture.ask(
      { messages: [{ role: 'user', content: 'x'.repeat(bytes) }] },
      { headers: { 'x-quotakeeper-consumer': consumer } },
    )
  await expect.poll(() => stalled.filter(({ answer }) => answer.includes(' 503 ')).length).toBe(5)
  const refused = await ask('greedy', 2 * mebibyte)
  expect([refused.status, (await errorOf(refused)).code]).toEqual([503, 'overloaded'])
  expect((await ask('modest', mebibyte)).status).toBe(200)
  for (const { socket } of stalled) socket.destroy()
  await expect.poll(async () => (await ask('greedy', 2 * mebibyte)).status).toBe(200)
})
