import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { openDatabase } from '@quotakeeper/db'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeFolder, startApiInstance, startApiProcess } from './api-process.js'
import { environment, sha256Of, startTokenFixture, type TokenFixture } from './token-fixture.js'

let fixture: TokenFixture
beforeAll(async () => {
  fixture = await startTokenFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

describe('a token', () => {
  it('is refused by every replica once it is revoked or expired, and noted as used', async () => {
    const url = { QUOTA_DATABASE_URL: fixture.database.url }
    await using replica = await startApiProcess(fixture.folder, { ...url, ...environment })
    const { name, secret, client } = await fixture.tokenWith(['read'])
    const elsewhere = fixture.clientOf(secret, replica.origin)
    await Promise.all([client.stats.all.query(), elsewhere.stats.all.query()])
    await fixture.root.tokens.revoke.mutate({ name })
    const codeOf = (asked: Promise<unknown>) =>
      asked.then(
        () => null,
        (error: { data?: { code: string } }) => error.data?.code,
      )
    const codes = () => Promise.all([client, elsewhere].map(each => codeOf(each.stats.all.query())))
    await expect.poll(codes).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED'])
    const expiresAt = new Date(Date.now() + 5_000).toISOString()
    const short = await fixture.tokenWith(['read'], { expiresAt })
    await expect.poll(() => codeOf(short.client.stats.all.query())).toBe('UNAUTHORIZED')
    const lastUsedAt = async () =>
      (await fixture.root.tokens.list.query({ pageSize: 1_000 })).rows.find(row => row.name === name)
        ?.lastUsedAt
    await expect.poll(lastUsedAt, { timeout: 30_000 }).toEqual(expect.any(String))
  })

  it('ends its streams with it', async () => {
    const { name, secret } = await fixture.tokenWith(['read'])
    const headers = { authorization: `Bearer ${secret}` }
    const sent = get(`${fixture.api.origin}/trpc/alerts.stream`, { agent: false, headers })
    const [response]: IncomingMessage[] = await once(sent, 'response')
    const ended = once(response?.resume() ?? sent, 'close')
    await fixture.root.tokens.revoke.mutate({ name })
    await ended
  })

  it('is verified for gateways for a second at most, and not beyond its end', async () => {
    const { secret } = await fixture.tokenWith(['call'], { consumer: 'acme' })
    const sha256 = await sha256Of(secret)
    const verified = await fixture.root.tokens.verify.mutate({ sha256, consumer: 'globex' })
    expect(verified).toMatchObject({ state: 'valid', consumer: 'acme', mayActForNamed: false })
    expect(verified.validForMs).toBeLessThanOrEqual(1_000)
    expect(JSON.stringify(verified)).not.toContain(sha256.slice(0, 8))
    expect(await fixture.root.tokens.verify.mutate({ sha256: '0'.repeat(64) })).toMatchObject({
      state: 'unknown',
    })
    const shortLived = () =>
      fixture.tokenWith(['call'], { expiresAt: new Date(Date.now() + 500).toISOString() })
    // Refused where it would have ended before it is made.
    const short = await vi.waitFor(shortLived, { timeout: 60_000 })
    const soon = await fixture.root.tokens.verify.mutate({ sha256: await sha256Of(short.secret) })
    expect(soon.state === 'valid' ? soon.validForMs : 0).toBeLessThanOrEqual(500)
  })
})

it('a secret is in no log line, no answer but one, and no row', async () => {
  await using own = await createApiDatabase()
  await using ownFolder = await makeFolder()
  const level = { QUOTA_LOG_LEVEL: 'debug', QUOTA_DATABASE_URL: own.url }
  const started = await startApiInstance(ownFolder, { ...level, ...environment })
  const admin = fixture.clientOf(environment.QUOTA_ADMIN_TOKEN, started.origin)
  const made = await admin.tokens.create.mutate({ name: 'planted', scopes: ['read', 'admin', 'record'] })
  const secret = made.secret ?? ''
  const client = fixture.clientOf(secret, started.origin)
  const answers: unknown[] = [
    await client.tokens.list.query(),
    await client.audit.list.query(),
    await client.stats.all.query(),
    await client.tokens.create
      .mutate({ name: secret.slice(0, 3), scopes: ['call'] })
      .then(({ name }) => name),
    await client.tokens.create.mutate({ name: 'planted', scopes: ['call'] }).catch(String),
    await client.usage.record.mutate({ providerName: 'nobody' }).catch(String),
    await client.tokens.revoke.mutate({ name: 'planted' }),
  ]
  const wrong = await fetch(`${started.origin}/trpc/stats.all`, {
    headers: { authorization: `Basic ${secret}` },
  })
  answers.push(await wrong.text(), await (await fetch(`${started.origin}/openapi.json`)).text())
  await started.instance.stop()
  expect(started.instance.output()).toContain('/trpc/tokens.create')
  expect(started.instance.output()).not.toContain(secret)
  expect(JSON.stringify(answers)).not.toContain(secret)
  await using again = await startApiInstance(ownFolder, { ...level, ...environment })
  const dump = await everyRowOf(own.url)
  expect(dump).toContain(await sha256Of(secret))
  expect(dump).not.toContain(secret)
  expect(
    JSON.stringify(await fixture.clientOf(environment.QUOTA_ADMIN_TOKEN, again.origin).tokens.list.query()),
  ).not.toMatch(new RegExp(`${secret}|${(await sha256Of(secret)).slice(0, 12)}`))
})

describe('a session with a token of a consumer', () => {
  const signIn = (token: string): Promise<Response> =>
    fetch(`${fixture.api.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const look = async (cookie: string, path: string): Promise<number> =>
    (await fetch(`${fixture.api.origin}${path}`, { headers: { cookie } })).status
  const consumerNamed = (name: string): string =>
    `/trpc/consumers.get?input=${encodeURIComponent(JSON.stringify({ name }))}`

  it('sees and changes what is its own, and ends with the token', async () => {
    await fixture.root.consumers.upsert.mutate({ name: 'page' })
    await fixture.root.consumers.upsert.mutate({ name: 'page child', parent: 'page' })
    await fixture.root.consumers.upsert.mutate({ name: 'no page' })
    const token = await fixture.tokenWith(['admin'], { consumer: 'page' })
    const response = await signIn(token.secret)
    expect(await response.json()).toEqual({
      signInNeeded: false,
      mayUse: true,
      mayChange: false,
      isSignedIn: true,
      consumer: 'page',
      mayManage: true,
    })
    const cookie = cookieOf(response)
    expect(cookie).not.toContain(token.secret)
    const paths = ['/trpc/stats.all', consumerNamed('page child'), consumerNamed('no page')]
    expect(await Promise.all(paths.map(path => look(cookie, path)))).toEqual([403, 200, 403])
    const disable = async (origin: string): Promise<number> => {
      const { status } = await fetch(`${fixture.api.origin}/trpc/consumers.setEnabled`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin },
        body: JSON.stringify({ name: 'page child', enabled: false }),
      })
      return status
    }
    expect(await disable('http://127.0.0.1:1')).not.toBe(200)
    expect(await disable(fixture.api.origin)).toBe(200)
    await fixture.root.tokens.revoke.mutate({ name: token.name })
    await expect.poll(() => look(cookie, consumerNamed('page'))).toBe(401)
    const session = await fetch(`${fixture.api.origin}/session`, { headers: { cookie } })
    expect(await session.json()).toMatchObject({ signInNeeded: true, isSignedIn: false, consumer: null })
    expect((await signIn(token.secret)).status).toBe(401)
  })

  it('needs a token that may read, and ends with its sign-out, also in a copied cookie', async () => {
    const refused = await signIn((await fixture.tokenWith(['call'], { consumer: 'page' })).secret)
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null])
    const cookie = cookieOf(await signIn((await fixture.tokenWith(['read'], { consumer: 'page' })).secret))
    expect(await look(cookie, '/trpc/consumers.list')).toBe(200)
    await fetch(`${fixture.api.origin}/session`, {
      method: 'DELETE',
      headers: { cookie, origin: fixture.api.origin },
    })
    expect(await look(cookie, '/trpc/consumers.list')).toBe(401)
  })
})

/** All rows of all tables, as text. */
async function everyRowOf(url: string): Promise<string> {
  const opened = await openDatabase(url)
  try {
    return await opened.withSession(async session => {
      const plain = (text: string) => ({ name: '', text, values: [] })
      const [tables = []] = await session.run([
        plain(`select table_name from information_schema.tables where table_schema = 'public'`),
      ])
      const rows = await session.run(
        tables.map(row => plain(`select to_json(t)::text as row from "${String(row['table_name'])}" as t`)),
      )
      return JSON.stringify(rows)
    })
  } finally {
    await opened.close()
  }
}
