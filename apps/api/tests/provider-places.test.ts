import { describe, expect, it } from 'vitest'
import { ProviderPlaces } from '../src/config/provider-places.js'
import { parseSettings } from '../src/settings.js'
import { startTestApi, type TestApi } from './test-api.js'

const admin = { QUOTA_ADMIN_TOKEN: 'for-changing' }

/** The refused field; null if the provider is created. */
async function refusedField(
  api: TestApi,
  metadata: Readonly<Record<string, string>>,
  { name = 'mine', vendor = 'custom' } = {},
): Promise<unknown> {
  const headers = { authorization: 'Bearer for-changing' }
  const response = await api.sendJson('/trpc/providers.upsert', { name, vendor, metadata }, { headers })
  const answer = (await response.json()) as { readonly error?: { readonly data: { readonly field: string } } }
  expect(response.status).toBe(answer.error === undefined ? 200 : 400)
  return answer.error?.data.field ?? null
}

describe('a provider created over the API', () => {
  it('may not set an address or another vendor’s variable without an admin token', async () => {
    await using api = await startTestApi()
    expect(await refusedField(api, { baseUrl: 'https://evil.example/v1' })).toBe('metadata.baseUrl')
    expect(await refusedField(api, { apiKeyEnv: 'AWS_SECRET_ACCESS_KEY' })).toBe('metadata.apiKeyEnv')
    expect(await refusedField(api, { apiKeyEnv: 'OPENAI_API_KEY' }, { vendor: 'groq' })).toBe(
      'metadata.apiKeyEnv',
    )
    expect(await refusedField(api, { baseUrl: 'https://evil.example' }, { vendor: 'openai' })).toBe(
      'metadata.baseUrl',
    )
    expect(await refusedField(api, { apiKeyEnv: 'GROQ_API_KEY_2' }, { vendor: 'groq' })).toBeNull()
  })

  it('gets the remedy, and a setting allows it', async () => {
    await using strict = await startTestApi()
    const metadata = { baseUrl: 'http://10.0.0.1/v1' }
    await expect(
      strict.client.providers.upsert.mutate({ name: 'mine', vendor: 'custom', metadata }),
    ).rejects.toThrow(
      /QUOTA_ADMIN_TOKEN or QUOTA_API_PROVIDER_PLACES=true in \.env, then start again, or set the base URL in quotakeeper\.config\.yaml/,
    )
    await using open = await startTestApi({ environment: { QUOTA_API_PROVIDER_PLACES: 'true' } })
    await open.client.providers.upsert.mutate({ name: 'mine', vendor: 'custom', metadata })
    expect((await open.client.providers.get.query({ name: 'mine' })).metadata).toEqual(metadata)
  })

  it('may not be at a link-local address or at Quotakeeper itself, in any notation', async () => {
    await using api = await startTestApi({ environment: admin })
    for (const baseUrl of [
      'http://169.254.169.254/latest',
      'http://2852039166/',
      'http://0xa9fea9fe/',
      'http://[::ffff:a9fe:a9fe]/',
      'http://169.254.169.254./',
      'http://metadata.google.internal/',
      'http://[fe80::1]:8080/v1',
      'http://127.0.0.1:4000/trpc',
      'http://localhost.:4100/v1',
      'http://0.0.0.0:4100/v1',
      'http://[::ffff:127.0.0.1]:4000/',
      'http://2130706433:4000/',
    ]) {
      expect(await refusedField(api, { baseUrl }), baseUrl).toBe('metadata.baseUrl')
    }
    expect(await refusedField(api, { baseUrl: 'http://127.0.0.1:8080/v1' })).toBeNull()
    expect(await refusedField(api, { baseUrl: 'https://llm.example.com/v1' })).toBeNull()
  })

  it('has its key in a variable of its vendor’s table, the configuration or a setting', async () => {
    await using api = await startTestApi({
      environment: { ...admin, QUOTA_API_KEY_VARIABLES: 'TEAM_*, ONE_KEY' },
    })
    for (const apiKeyEnv of [
      'AWS_SECRET_ACCESS_KEY',
      'QUOTA_ADMIN_TOKEN',
      'ONE_KEY_2',
      'MY_TEAM_KEY',
      'PATH',
    ])
      expect(await refusedField(api, { apiKeyEnv }), apiKeyEnv).toBe('metadata.apiKeyEnv')
    for (const apiKeyEnv of ['TEAM_KEY', 'ONE_KEY'])
      expect(await refusedField(api, { apiKeyEnv }), apiKeyEnv).toBeNull()
    expect(await refusedField(api, { apiKeyEnv: 'OPENAI_API_KEY_7' }, { vendor: 'openai' })).toBeNull()
  })

  it('may keep its settings, but not move its key to another vendor or address', () => {
    const rules = { isAllowed: false, variables: [], ownPorts: [] }
    const places = new ProviderPlaces(rules, null)
    const before = { vendor: 'custom', metadata: { baseUrl: 'http://10.0.0.1/v1', apiKeyEnv: 'TEAM_KEY' } }
    expect(() => places.check(before, before)).not.toThrow()
    expect(() => places.check({ ...before, metadata: {} }, before)).not.toThrow()
    const elsewhere = { ...before.metadata, baseUrl: 'http://10.0.0.2/v1' }
    expect(() => places.check({ ...before, metadata: elsewhere }, before)).toThrow(/metadata.baseUrl/)
    expect(() => places.check({ ...before, metadata: { apiKeyEnv: 'TEAM_KEY' } }, before)).toThrow(
      /metadata.apiKeyEnv/,
    )
    expect(() => places.check({ ...before, vendor: 'openai' }, before)).toThrow(/metadata.baseUrl/)
  })
})

it('the settings of these rules are parsed strictly', () => {
  expect(parseSettings({}).places.isAllowed).toBe(false)
  expect(parseSettings({ QUOTA_ADMIN_TOKEN: 'a' }).places.isAllowed).toBe(true)
  expect(parseSettings({ QUOTA_ADMIN_TOKEN: 'a', QUOTA_API_PROVIDER_PLACES: 'false' }).places.isAllowed).toBe(
    false,
  )
  expect(() => parseSettings({ QUOTA_API_PROVIDER_PLACES: 'yes' })).toThrow(
    /^QUOTA_API_PROVIDER_PLACES must be/,
  )
  expect(() => parseSettings({ QUOTA_API_KEY_VARIABLES: 'a b' })).toThrow(/^QUOTA_API_KEY_VARIABLES must be/)
})
