import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fixture, startFixture } from './cli-process.js'

const admin = { QUOTA_ADMIN_TOKEN: 'the-admin-token-of-this-test' }
const api = { QUOTA_API_TOKEN: 'the-api-token-of-this-test' }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ ...admin, ...api })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const run = (args: readonly string[]) => fixture.run(args, admin)

const statusOf = async (secret: string): Promise<number> => {
  const headers = { authorization: `Bearer ${secret}` }
  return (await fetch(`${fixture.origin}/trpc/stats.all`, { headers })).status
}

it('makes a token, lists it without its secret, and revokes it', async () => {
  const made = await run(['tokens', 'create', 'prometheus', '--scopes', 'read'])
  expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' })
  const [secret = ''] = made.out.split('\n')
  expect(secret).toMatch(/^qk_[0-9A-Za-z]{32}$/)
  expect(await statusOf(secret)).toBe(200)
  const listed = await run(['tokens', 'list'])
  expect(listed.out).toMatch(/^prometheus +– +read +valid +– /m)
  expect(listed.out).not.toContain(secret)
  const revoked = await run(['tokens', 'revoke', 'prometheus'])
  expect(revoked.out).toMatch(/^prometheus ends \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\)\.$/m)
  await expect.poll(() => statusOf(secret)).toBe(401)
  expect((await run(['tokens', 'list'])).out).toMatch(/^prometheus +– +read +revoked /m)
})

it('declares an existing secret by its hash, and answers in JSON', async () => {
  const sha256 = createHash('sha256').update('sk-old-2').digest('hex')
  const args = [
    'tokens',
    'create',
    'moved',
    '--sha256',
    sha256,
    '--consumer',
    'acme',
    '--scopes',
    'read,call',
  ]
  const made = JSON.parse((await run([...args, '--json'])).out)
  expect(made).toMatchObject({ name: 'moved', consumer: 'acme', scopes: ['call', 'read'], secret: null })
  expect(await statusOf('sk-old-2')).toBe(403)
  const at = new Date(Date.now() + 3_600_000).toISOString()
  const revoked = JSON.parse((await run(['tokens', 'revoke', 'moved', '--at', at, '--json'])).out)
  expect(revoked).toMatchObject({ state: 'valid', revokedAt: at })
  const ofAcme = JSON.parse((await run(['tokens', 'list', '--consumer', 'acme', '--json'])).out)
  expect(ofAcme.map(({ name }: { name: string }) => name)).toEqual(['moved'])
})

it('names the admin token only to those who lack that token, and no procedure to anybody', async () => {
  const [secret = ''] = (
    await run(['tokens', 'create', 'tenant', '--consumer', 'acme', '--scopes', 'call'])
  ).out.split('\n')
  const errorOf = async (args: readonly string[], token: string) =>
    (await fixture.run(args, { QUOTA_API_TOKEN: token })).err
  expect(await errorOf(['consumers', 'list'], secret)).toBe(
    'quotakeeper: this call needs a token with the scope "read"\n',
  )
  expect(await errorOf(['providers', 'disable', 'groq_1'], api.QUOTA_API_TOKEN)).toBe(
    'quotakeeper: this call needs the token of QUOTA_ADMIN_TOKEN: set it, or give --token-file with that token in it\n',
  )
})

it.each([
  [['tokens', 'create', 'x', '--scopes', 'everything'], 2, /--scopes: "everything" is none of call, read/],
  [['tokens', 'create', 'x', '--sha256', 'sk-old'], 2, /sha256: must be a SHA-256/],
  [['tokens', 'create', 'x', '--expires', '2020-01-01T00:00:00Z'], 2, /expiresAt: must be in the future/],
  [['tokens', 'revoke', 'nobody'], 1, /token "nobody" not found/],
] as const)('refuses %j in one line', async (args, code, line) => {
  const result = await run(args)
  expect({ code: result.code, out: result.out }).toEqual({ code, out: '' })
  expect(result.err).toMatch(line)
  expect(result.err.trim().split('\n')).toHaveLength(1)
})
