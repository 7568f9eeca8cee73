import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { expect, test } from 'vitest'
import type { VerifiedToken } from '../api/quota-api.js'
import { accessHook } from './access-hook.js'
import { ClientTokens } from './client-tokens.js'

interface Fixture extends AsyncDisposable {
  readonly app: FastifyInstance
  /** The answers that the hook waits for, oldest first. */
  readonly asked: ((verified: VerifiedToken) => void)[]
  /** Paths of the requests that the hook let through. */
  readonly handled: string[]
  readonly faults: Error[]
  /** How many requests the server received, and for how many the connection is closed. */
  readonly counts: { received: number; closed: number }
  /** Sends a request, whose answer is not awaited. @returns closes its connection */
  send(path: string, token: string): Promise<() => void>
}

async function startFixture(token: string | null): Promise<Fixture> {
  const app = fastify()
  const asked: Fixture['asked'] = []
  const handled: string[] = []
  const faults: Error[] = []
  const counts = { received: 0, closed: 0 }
  const verifyToken = () => new Promise<VerifiedToken>(resolve => asked.push(resolve))
  const access = { token, allowedHosts: ['localhost'], allowedOrigins: [] }
  accessHook(app, access, new ClientTokens({ verifyToken }))
  app.addHook('onRequest', async ({ url }) => {
    handled.push(url)
  })
  app.addHook('onError', async (_request, _reply, error) => {
    faults.push(error)
  })
  app.get('/*', async () => ({}))
  app.server.on('request', (_request, response) => {
    counts.received++
    response.once('close', () => counts.closed++)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    ...{ app, asked, handled, faults, counts },
    send: async (path, secret) => {
      const client = connect(port, '127.0.0.1').resume()
      await once(client, 'connect')
      client.write(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer ${secret}\r\n\r\n`,
      )
      return () => client.destroy()
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}

const valid: VerifiedToken = {
  ...{ state: 'valid', name: 'ci', consumer: null, scopes: ['call'], mayActForNamed: true, validForMs: 0 },
}

test.each([
  ['a valid one', valid, 'root'],
  ['one of a gateway without tokens', { state: 'unused', validForMs: 0 } as const, null],
])(
  'a request whose client leaves while its token is verified is not handled: %s',
  async (_, verified, token) => {
    await using fixture = await startFixture(token)
    const { asked, handled, faults, counts } = fixture
    const leave = await fixture.send('/left', 'qk_1')
    await expect.poll(() => asked.length).toBe(1)
    leave()
    await expect.poll(() => counts.closed).toBe(1)
    asked[0]?.(verified)
    await fixture.send('/stayed', 'qk_1')
    await expect.poll(() => asked.length).toBe(2)
    asked[1]?.(verified)
    await expect.poll(() => counts.closed).toBe(2)
    expect(handled).toEqual(['/stayed'])
    expect(faults).toEqual([])
  },
)

test('a request whose client leaves while its attempt is delayed is not handled', async () => {
  await using fixture = await startFixture('root')
  const { app, handled, counts } = fixture
  // Each wrong token after these is delayed, and a right one too.
  for (let wrong = 1; wrong <= 12; wrong++) {
    await fixture.send('/wrong', '')
    await expect.poll(() => counts.closed, { interval: 5 }).toBe(wrong)
  }
  // The hook waits already: its listener was called first.
  app.server.once('request', ({ socket }) => socket.destroy())
  await fixture.send('/left', 'root')
  await expect.poll(() => counts.closed).toBe(13)
  await fixture.send('/stayed', 'root')
  await expect.poll(() => counts.closed).toBe(14)
  expect(handled).toEqual(['/stayed'])
})
