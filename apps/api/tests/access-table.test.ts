import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AppRouter } from '../src/index.js'
import { appRouter } from '../src/router/root.js'
import { restRoutes } from '../src/server/rest/rest-routes.js'
import { type BuiltApi, type Folder, makeFolder, startApiInstance } from './api-process.js'

const apiToken = 'a-token-of-the-environment-for-use'
const adminToken = 'a-token-of-the-environment-for-changes'

/**
 * The scope that each procedure needs, of a token without a consumer; with `+` also of a token of a consumer. `gateway`:
 * only tokens of the environment. Written by hand, so that no procedure is open by mistake.
 */
const needs: Readonly<Record<string, Needed>> = {
  'alerts.list': 'read',
  'alerts.stream': 'read',
  'alerts.test': 'admin',
  'audit.list': 'read',
  'consumers.allStats': 'read+',
  'consumers.forCalls': 'gateway',
  'consumers.get': 'read+',
  'consumers.list': 'read+',
  'consumers.remove': 'admin+',
  'consumers.reset': 'admin+',
  'consumers.setEnabled': 'admin+',
  'consumers.stats': 'read+',
  'consumers.upsert': 'admin+',
  'gateway.chat': 'admin',
  'gateway.get': 'read',
  'gateway.models': 'read',
  'keys.check': 'admin',
  'keys.enter': 'admin',
  'keys.entered': 'read',
  'keys.list': 'read',
  'keys.offer': 'gateway',
  'keys.remove': 'admin',
  'keys.report': 'gateway',
  'keys.sealed': 'gateway',
  'performance.get': 'read+',
  'performance.report': 'gateway',
  'plans.list': 'read',
  'plans.remove': 'admin',
  'plans.upsert': 'admin',
  'pools.list': 'read',
  'pools.remove': 'admin',
  'pools.upsert': 'admin',
  'providers.get': 'read',
  'providers.list': 'read',
  'providers.remove': 'admin',
  'providers.retry': 'admin',
  'providers.setEnabled': 'admin',
  'providers.upsert': 'admin',
  'quota.acquire': 'call',
  'quota.commit': 'call',
  'quota.explain': 'read',
  'quota.extend': 'call',
  'quota.grant': 'admin+',
  'quota.isAvailable': 'read',
  'quota.release': 'call',
  'quota.remaining': 'read',
  'quota.reserve': 'call',
  'requests.get': 'read+',
  'requests.list': 'read+',
  'requests.report': 'gateway',
  'routing.explain': 'read',
  'routing.get': 'gateway',
  'routing.settings': 'read',
  'routing.update': 'admin',
  'signals.observe': 'call',
  'stats.all': 'read',
  'stats.get': 'read',
  'stats.models': 'read',
  'system.check': 'admin',
  'system.examine': 'admin',
  'system.fix': 'admin',
  'system.health': 'read',
  'tokens.create': 'admin+',
  'tokens.list': 'admin+',
  'tokens.revoke': 'admin+',
  'tokens.verify': 'gateway',
  'usage.history': 'read',
  'usage.ledger': 'read+',
  'usage.record': 'record+',
  'usage.reset': 'admin',
  'usage.summary': 'read+',
}

/** Routes beside the procedures. */
const routes: Readonly<Record<string, Needed>> = {
  '/metrics': 'read',
  '/api/v1/usage/export?what=ledger': 'read',
  '/healthz': 'nothing',
  '/readyz': 'nothing',
  '/openapi.json': 'nothing',
  '/docs': 'nothing',
  '/docs/reference.js': 'nothing',
  '/session': 'nothing',
  '/': 'nothing',
}

type Needed = 'gateway' | 'nothing' | `${Scope}${'' | '+'}`
type Scope = (typeof scopes)[number]
const scopes = ['call', 'read', 'record', 'admin'] as const

/** Who calls: nobody, a role of the environment, or a token with one scope. */
type Kind =
  | 'none'
  | 'wrong'
  | 'revoked'
  | 'expired'
  | 'api'
  | 'admin'
  | `${Scope} of all`
  | `${Scope} of acme`
const kinds: readonly Kind[] = [
  ...(['none', 'wrong', 'revoked', 'expired', 'api', 'admin'] as const),
  ...scopes.flatMap(scope => [`${scope} of all`, `${scope} of acme`] as const),
]

/** The status of a refusal; null if the call goes through. */
function expectedFor(kind: Kind, needed: Needed): 401 | 403 | null {
  if (kind === 'wrong' || kind === 'revoked' || kind === 'expired') return needed === 'nothing' ? null : 401
  if (needed === 'nothing') return null
  if (kind === 'none') return 401
  const scope = needed.replace('+', '')
  if (kind === 'admin') return null
  if (kind === 'api') return scope === 'admin' ? 403 : null
  const [given, , of] = kind.split(' ')
  const isIn = given === scope || (given === 'admin' && scope === 'read')
  return isIn && (of === 'all' || needed.endsWith('+')) ? null : 403
}

let folder: Folder
let database: Awaited<ReturnType<typeof createApiDatabase>>
let api: BuiltApi
const secrets = new Map<Kind, string>()

function clientOf(secret: string): TRPCClient<AppRouter> {
  const headers = { authorization: `Bearer ${secret}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${api.origin}/trpc`, headers })] })
}

beforeAll(async () => {
  folder = await makeFolder()
  database = await createApiDatabase()
  api = await startApiInstance(folder, {
    ...{ QUOTA_DATABASE_URL: database.url, QUOTA_API_TOKEN: apiToken, QUOTA_ADMIN_TOKEN: adminToken },
    QUOTA_LOG_LEVEL: 'fatal',
  })
  const admin = clientOf(adminToken)
  const make = async (kind: Kind, more: Parameters<typeof admin.tokens.create.mutate>[0]) => {
    const { secret } = await admin.tokens.create.mutate(more)
    secrets.set(kind, secret ?? '')
  }
  for (const scope of scopes) {
    await make(`${scope} of all`, { name: `${scope} of all`, scopes: [scope] })
    await make(`${scope} of acme`, { name: `${scope} of acme`, scopes: [scope], consumer: 'acme' })
  }
  await make('revoked', { name: 'revoked', scopes })
  await admin.tokens.revoke.mutate({ name: 'revoked' })
  const expiresAt = new Date(Date.now() + 5_000).toISOString()
  await make('expired', { name: 'expired', scopes, expiresAt })
  secrets.set('wrong', 'qk_00000000000000000000000000000000')
  secrets.set('api', apiToken).set('admin', adminToken)
  await vi.waitFor(
    async () => expect(await statusOf('expired', { method: 'GET', path: '/metrics' })).toBe(401),
    { timeout: 60_000, interval: 200 },
  )
})

afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await database.drop()
  await folder[Symbol.asyncDispose]()
})

let addresses = 0

/** Guesses are slowed by address: each comes from another. */
async function statusOf(
  kind: Kind,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body?: string },
): Promise<number> {
  const secret = secrets.get(kind)
  addresses++
  const sent = request(`${api.origin}${path}`, {
    ...{ method, agent: false, localAddress: `127.0.${1 + (addresses >> 7)}.${1 + (addresses & 127)}` },
    headers: {
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      ...(method === 'POST' || method === 'PUT' ? { 'content-type': 'application/json' } : {}),
    },
  })
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  const type = response?.headers['content-type'] ?? ''
  const status = type.includes('event-stream') ? await statusInStream(response) : response?.statusCode
  response?.destroy()
  return status ?? 0
}

/** Streams begin before their caller is checked, and end with the error. */
async function statusInStream(response: IncomingMessage | undefined): Promise<number | undefined> {
  let text = ''
  for await (const part of response ?? []) text += part
  return Number(/"httpStatus":(\d+)/.exec(text)?.[1])
}

/** Refused by every procedure, once its caller is let through. */
const wrongInput = '{"unknown":1}'

/** Whether a status is a refusal of the caller, not of its input. */
function refusalIn(status: number): number | null {
  return status === 401 || status === 403 ? status : null
}

type Definition = { readonly _def: { readonly type: 'query' | 'mutation' | 'subscription' } }
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Readonly<Record<string, Definition>>,
)

it('names the need of every procedure, and of no other', () => {
  expect(procedures.map(([path]) => path).toSorted()).toEqual(Object.keys(needs).toSorted())
  const unserved = procedures.filter(([path]) => !restRoutes.some(({ procedure }) => procedure === path))
  expect(unserved.map(([path]) => path)).toEqual(['alerts.stream'])
})

describe.each(kinds)('who calls with a token "%s"', kind => {
  it('is let through or refused by every procedure, over tRPC', async () => {
    for (const [path, { _def }] of procedures) {
      const url = `/trpc/${path}`
      const asked = _def.type === 'mutation' ? { method: 'POST', path: url, body: wrongInput } : null
      const inUrl = `${url}?input=${encodeURIComponent(wrongInput)}`
      const status = await statusOf(kind, asked ?? { method: 'GET', path: inUrl })
      expect(refusalIn(status), path).toBe(expectedFor(kind, needs[path] ?? 'gateway'))
    }
  })

  it('is let through or refused by every route of REST', async () => {
    for (const { method, path: form, procedure } of restRoutes) {
      const path = `/api/v1${form.replaceAll(/\{\w+\}/g, 'x')}?unknown=1`
      const hasBody = method === 'POST' || method === 'PUT'
      const status = await statusOf(kind, hasBody ? { method, path, body: wrongInput } : { method, path })
      expect(refusalIn(status), `${method} ${form}`).toBe(expectedFor(kind, needs[procedure] ?? 'gateway'))
    }
  })

  it('is let through or refused by every other route', async () => {
    for (const [path, needed] of Object.entries(routes))
      expect(refusalIn(await statusOf(kind, { method: 'GET', path })), path).toBe(expectedFor(kind, needed))
  })
})

it('says what a token lacks', async () => {
  const messageOf = async (kind: Kind) => {
    const call = clientOf(secrets.get(kind) ?? '').pools.upsert.mutate({ name: 'org' })
    return call.then(String, (error: unknown) => (error instanceof Error ? error.message : ''))
  }
  expect(await messageOf('read of all')).toBe('this call needs a token with the scope "admin"')
  expect(await messageOf('admin of acme')).toBe(
    'this call needs a token without a consumer; this one is for "acme"',
  )
})
