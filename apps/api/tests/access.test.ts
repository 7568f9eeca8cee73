import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from './test-api.js'

const tokens = { QUOTA_API_TOKEN: 'use-me', QUOTA_ADMIN_TOKEN: 'change-me' }

const prefixes = {
  read: (api: TestApi, headers: Record<string, string>) => api.send('/trpc/stats.all', { headers }),
  record: (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/usage.record', { providerName: 'groq_1' }, { headers }),
  'record by REST': (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/api/v1/usage/record', { providerName: 'groq_1' }, { headers }),
  upsert: (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/providers.upsert', { name: 'groq_1', priority: 1 }, { headers }),
  setEnabled: (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/providers.setEnabled', { name: 'groq_1', enabled: true }, { headers }),
  retry: (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/providers.retry', { name: 'groq_1' }, { headers }),
  'remove by REST': (api: TestApi, headers: Record<string, string>) =>
    api.send('/api/v1/providers/groq_1', { method: 'DELETE', headers }),
  'upsert a pool': (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/pools.upsert', { name: 'org' }, { headers }),
  'remove a pool': (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/pools.remove', { name: 'org' }, { headers }),
  reset: (api: TestApi, headers: Record<string, string>) =>
    api.sendJson('/trpc/usage.reset', { all: true }, { headers }),
}

const uses: readonly (keyof typeof prefixes)[] = ['read', 'record', 'record by REST']
const changes: readonly (keyof typeof prefixes)[] = [
  'upsert',
  'setEnabled',
  'retry',
  'upsert a pool',
  'remove a pool',
  'reset',
  'remove by REST',
]

async function statuses(
  api: TestApi,
  names: readonly (keyof typeof prefixes)[],
  token: string | null,
): Promise<readonly number[]> {
  const headers: Record<string, string> = token === null ? {} : { authorization: token }
  const answers: number[] = []
  for (const name of names) {
    const response = await prefixes[name](api, headers)
    if (response.status === 401) {
      expect(response.headers.get('www-authenticate'), name).toBe('Bearer realm="quotakeeper"')
    }
    answers.push(response.status)
  }
  return answers
}

const all = (names: readonly unknown[], status: number): number[] => names.map(() => status)

describe('with both tokens', () => {
  it('calls without a token or with a wrong one are refused', async () => {
    await using api = await startTestApi({ environment: tokens })
    for (const token of [null, 'Bearer wrong', 'Bearer use-me-', 'Basic dXNlOm1l', 'Bearer', 'use-me']) {
      expect(await statuses(api, [...uses, ...changes], token)).toEqual(all([...uses, ...changes], 401))
    }
    expect((await api.send('/healthz')).status).toBe(200)
    expect((await api.send('/readyz')).status).toBe(200)
  })

  it('the API token allows use and no changes', async () => {
    await using api = await startTestApi({ environment: tokens })
    expect(await statuses(api, uses, 'Bearer use-me')).toEqual(all(uses, 200))
    expect(await statuses(api, changes, 'Bearer use-me')).toEqual(all(changes, 403))
    expect((await api.service.provider('groq_1')).priority).toBe(100)
  })

  it('the admin token allows everything', async () => {
    await using api = await startTestApi({ environment: tokens })
    expect(await statuses(api, uses, 'Bearer change-me')).toEqual(all(uses, 200))
    expect(await statuses(api, changes, 'bearer change-me')).toEqual(all(changes, 200))
  })

  it('a batch is checked call by call', async () => {
    await using api = await startTestApi({ environment: tokens, token: 'use-me' })
    await expect(api.client.providers.remove.mutate({ name: 'groq_1' })).rejects.toMatchObject({
      data: { code: 'FORBIDDEN' },
    })
    expect((await api.client.stats.all.query()).providers).toHaveLength(5)
  })

  it('tokens are never logged', async () => {
    await using api = await startTestApi({ environment: tokens, token: 'use-me' })
    await api.client.stats.all.query()
    await statuses(api, ['upsert'], 'Bearer change-me')
    expect(api.logged.some(line => line['path'] === '/trpc/stats.all')).toBe(true)
    expect(JSON.stringify(api.logged)).not.toMatch(/use-me|change-me/)
  })
})

describe('with one token', () => {
  it('with only an admin token, only changes need it', async () => {
    await using api = await startTestApi({ environment: { QUOTA_ADMIN_TOKEN: 'change-me' } })
    expect(await statuses(api, uses, null)).toEqual(all(uses, 200))
    expect(await statuses(api, changes, null)).toEqual(all(changes, 401))
    expect(await statuses(api, uses, 'Bearer wrong')).toEqual(all(uses, 401))
    expect(await statuses(api, changes, 'Bearer change-me')).toEqual(all(changes, 200))
  })

  it('with only an API token, it allows everything', async () => {
    await using api = await startTestApi({ environment: { QUOTA_API_TOKEN: 'use-me' } })
    expect(await statuses(api, [...uses, ...changes], null)).toEqual(all([...uses, ...changes], 401))
    expect(await statuses(api, [...uses, ...changes], 'Bearer use-me')).toEqual(
      all([...uses, ...changes], 200),
    )
  })
})

describe('the Host header of a call', () => {
  /** fetch sets Host itself. */
  function answerTo(api: TestApi, host: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(api.origin)
      request({ host: '127.0.0.1', port, path: '/trpc/stats.all', headers: { host } }, response => {
        let body = ''
        response.on('data', chunk => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
        .on('error', reject)
        .end()
    })
  }

  it('must be a loopback name or an allowed one', async () => {
    await using api = await startTestApi({ environment: { QUOTA_API_ALLOWED_HOSTS: 'quota.lan, [fd00::1]' } })
    for (const host of [
      'localhost',
      'LOCALHOST:4000',
      '127.0.0.1:1',
      '[::1]:4000',
      'quota.lan.',
      '[fd00::1]',
    ]) {
      expect((await answerTo(api, host)).status, host).toBe(200)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'quota.lan@evil']) {
      expect((await answerTo(api, host)).status, host).toBe(421)
    }
  })

  it('is refused with the remedy', async () => {
    await using api = await startTestApi()
    const { body } = await answerTo(api, 'quota.lan')
    expect(JSON.parse(body)).toMatchObject({
      title: 'Misdirected Request',
      detail: expect.stringMatching(/quota\.lan.*QUOTA_API_ALLOWED_HOSTS/),
    })
  })
})

describe('a page of another site', () => {
  it('cannot change anything, whatever its browser sends', async () => {
    await using api = await startTestApi()
    const record = (headers: Record<string, string>): Promise<Response> =>
      api.sendJson('/trpc/usage.record', { providerName: 'groq_1' }, { headers })
    expect((await record({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await record({ origin: 'null' })).status).toBe(403)
    expect((await record({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await record({ origin: 'http://localhost:3000' })).status).toBe(200)
    const preflight = await api.send('/trpc/usage.record', { method: 'OPTIONS' })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect((await api.client.stats.get.query({ providerName: 'groq_1' })).requestCount).toBe(1)
  })
})
