import { expect, test } from 'vitest'
import { EndedSessions } from '../src/server/access/ended-sessions.js'
import { sessionCookie, sessionOf } from '../src/server/access/session.js'
import { startTestApi, type TestApi } from './test-api.js'

const environment = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }
const tokens = {
  apiToken: 'for-looking',
  adminToken: 'for-changing',
  ended: new EndedSessions(),
  keySalt: 'a-salt',
}
const weekMs = 7 * 86_400_000

const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''

async function signIn(api: TestApi, token: string): Promise<string> {
  return cookieOf(await api.sendJson('/session', { token }))
}

const switchOff = (api: TestApi, headers: Readonly<Record<string, string>>): Promise<Response> =>
  api.sendJson(
    '/trpc/providers.setEnabled',
    { name: 'groq_1', enabled: false },
    { headers: { 'content-type': 'application/json', ...headers } },
  )

test('without tokens no sign-in is needed', async () => {
  await using api = await startTestApi()
  expect(await (await api.send('/session')).json()).toEqual({
    signInNeeded: false,
    mayUse: true,
    mayChange: true,
    isSignedIn: false,
    consumer: null,
    mayManage: true,
  })
})

test('a token is exchanged for a cookie of its role, and signing out removes it', async () => {
  await using api = await startTestApi({ environment })
  expect(await (await api.send('/session')).json()).toMatchObject({ signInNeeded: true, mayUse: false })
  expect((await api.send('/trpc/stats.all')).status).toBe(401)
  const response = await api.sendJson('/session', { token: 'for-looking' })
  expect(await response.json()).toEqual({
    signInNeeded: false,
    mayUse: true,
    mayChange: false,
    isSignedIn: true,
    consumer: null,
    mayManage: false,
  })
  const set = response.headers.get('set-cookie') ?? ''
  expect(set).toMatch(
    /^quotakeeper_session=api\.\d+\.[\w-]{22}\.[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  const cookie = cookieOf(response)
  expect((await api.send('/trpc/stats.all', { headers: { cookie } })).status).toBe(200)
  expect((await api.send('/metrics', { headers: { cookie } })).status).toBe(200)
  const ended = await api.send('/session', { method: 'DELETE', headers: { cookie } })
  expect(ended.headers.get('set-cookie')).toMatch(/^quotakeeper_session=; Max-Age=0;/)
  expect(await ended.json()).toMatchObject({ signInNeeded: true, isSignedIn: false })
})

test('a copied cookie of an ended session is refused', async () => {
  await using api = await startTestApi({ environment })
  const cookie = await signIn(api, 'for-changing')
  const other = await signIn(api, 'for-changing')
  const look = async (of: string) => (await api.send('/trpc/stats.all', { headers: { cookie: of } })).status
  expect([await look(cookie), await look(other)]).toEqual([200, 200])
  await api.send('/session', { method: 'DELETE', headers: { cookie } })
  expect([await look(cookie), await look(other)]).toEqual([401, 200])
  expect((await switchOff(api, { cookie, origin: api.origin })).status).toBe(401)
  expect(await (await api.send('/session', { headers: { cookie } })).json()).toMatchObject({
    isSignedIn: false,
  })
  // A forged cookie cannot end a session.
  await api.send('/session', { method: 'DELETE', headers: { cookie: `${other.slice(0, -1)}!` } })
  expect(await look(other)).toBe(200)
})

test('more ended sessions than can be kept end all older sessions', () => {
  const ended = new EndedSessions()
  const of = (id: string, startedAtSeconds: number) => ({ id, startedAtSeconds, endsAtSeconds: 10_000 })
  for (let index = 0; index < 10_000; index++) ended.end(of(`left ${index}`, 1), 5_000)
  expect([ended.has(of('left 0', 1)), ended.has(of('going on', 1))]).toEqual([true, false])
  ended.end(of('one more', 1), 20_000)
  expect([ended.has(of('left 0', 1)), ended.has(of('going on', 1)), ended.has(of('one more', 1))]).toEqual([
    true,
    true,
    true,
  ])
  expect(ended.has(of('new', 20))).toBe(false)
})

test('behind TLS the cookie is Secure', async () => {
  await using api = await startTestApi({ environment })
  const headers = { 'content-type': 'application/json', 'x-forwarded-proto': 'https' }
  const response = await api.sendJson('/session', { token: 'for-changing' }, { headers })
  expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
})

test('a wrong token, none, and a field too many get no cookie', async () => {
  await using api = await startTestApi({ environment })
  for (const [body, status] of [
    [{ token: 'for-lookin' }, 401],
    [{ token: '' }, 400],
    [{}, 400],
    [{ token: 'for-looking', role: 'admin' }, 400],
  ] as const) {
    const response = await api.sendJson('/session', body)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([status, null])
  }
})

test('a session changes things only from a page of this very origin', async () => {
  await using api = await startTestApi({ environment })
  const cookie = await signIn(api, 'for-changing')
  const { origin } = api
  expect((await switchOff(api, { cookie, origin })).status).toBe(200)
  expect((await switchOff(api, { cookie })).status).toBe(401)
  expect((await switchOff(api, { cookie, origin: 'http://127.0.0.1:1' })).status).toBe(401)
  expect((await switchOff(api, { cookie, origin: 'https://elsewhere.example' })).status).toBe(403)
  expect((await switchOff(api, { cookie, origin, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

test('who may only look changes nothing', async () => {
  await using api = await startTestApi({ environment })
  const cookie = await signIn(api, 'for-looking')
  expect((await switchOff(api, { cookie, origin: api.origin })).status).toBe(403)
})

test('a header that is wrong is not made good by a session', async () => {
  await using api = await startTestApi({ environment })
  const cookie = await signIn(api, 'for-looking')
  const headers = { cookie, authorization: 'Bearer somebody-else' }
  expect((await api.send('/trpc/stats.all', { headers })).status).toBe(401)
})

test('a session is worth nothing once it has ended, the token has changed, or a letter of it has', () => {
  const nowMs = Date.UTC(2026, 10, 25)
  const [cookie = ''] = sessionCookie('api', tokens, { nowMs, pathPrefix: '', isSecure: false }).split(';', 1)
  const roleOf = (text: string, own = tokens, atMs = nowMs) =>
    sessionOf({ method: 'GET', headers: { cookie: `other=1; ${text}` } }, own, atMs)
  expect(roleOf(cookie)).toBe('api')
  expect(roleOf(cookie, tokens, nowMs + weekMs - 1)).toBe('api')
  expect(roleOf(cookie, tokens, nowMs + weekMs)).toBeNull()
  expect(roleOf(cookie, { ...tokens, apiToken: 'a-new-one' })).toBeNull()
  expect(roleOf(cookie.replace('=api.', '=admin.'))).toBeNull()
  expect(roleOf(cookie.replace(/\.(\d+)\./, (_, end) => `.${Number(end) + 1}.`))).toBeNull()
  expect(roleOf(cookie.slice(0, -1))).toBeNull()
  expect(roleOf('quotakeeper_session=')).toBeNull()
  expect(roleOf(`quotakeeper_session=admin.99999999999.${'A'.repeat(22)}.${'A'.repeat(43)}`)).toBeNull()
})

test('the session of a stored token is worth nothing with another hash, salt or token of the environment', () => {
  const nowMs = Date.UTC(2026, 10, 25)
  const [sha256, other] = ['ab'.repeat(32), 'cd'.repeat(32)]
  const [cookie = ''] = sessionCookie({ sha256 }, tokens, { nowMs, pathPrefix: '', isSecure: false }).split(
    ';',
    1,
  )
  const whoOf = (text: string, own = tokens) =>
    sessionOf({ method: 'GET', headers: { cookie: text } }, own, nowMs)
  expect(whoOf(cookie)).toEqual({ sha256 })
  expect(whoOf(cookie.replace(sha256, other))).toBeNull()
  expect(whoOf(cookie.replace(sha256, 'admin'))).toBeNull()
  expect(whoOf(cookie, { ...tokens, keySalt: 'another' })).toBeNull()
  expect(whoOf(cookie, { ...tokens, adminToken: 'another' })).toBeNull()
})
