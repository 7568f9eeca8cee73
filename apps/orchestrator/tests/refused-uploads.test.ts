import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startLoggedGateway } from './fixture.js'
import { sharedTestApi } from './test-api.js'

test('a client that is refused while it sends does not hold up the end of the gateway', async () => {
  const api = await sharedTestApi()
  await using gateway = await startLoggedGateway({ QUOTA_API_URL: api.origin })
  const { port, host } = new URL(gateway.origin)
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8')
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{`,
  )
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 413 /)
  // It sends no more and keeps its connection.
  const closed = once(socket, 'close')
  await gateway.stop()
  await closed
  expect(gateway.output()).not.toContain('not all requests were answered')
})
