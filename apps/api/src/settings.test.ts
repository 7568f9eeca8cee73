import { StartupError } from '@quotakeeper/server-kit'
import { describe, expect, it } from 'vitest'
import { parseSettings } from './settings.js'

describe('settings', () => {
  it('are complete without any environment, and treat empty variables as unset', () => {
    const defaults = {
      databaseUrl: 'embedded:.quotakeeper/data',
      configPath: null,
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'info',
      access: { apiToken: null, adminToken: null, allowedHosts: ['127.0.0.1'] },
      retention: { ledgerDays: 90, hourlyDays: 400 },
      maxConsumersInMetrics: 1_000,
      pathPrefix: '',
      gateway: { url: 'http://127.0.0.1:4100', publicUrl: 'http://127.0.0.1:4100', token: null },
      places: { isAllowed: false, variables: [], ownPorts: [4000, 4100] },
    }
    expect(parseSettings({})).toEqual(defaults)
    const elsewhere = { QUOTA_GATEWAY_HOST: '::', QUOTA_GATEWAY_PUBLIC_URL: 'https://ai.example.com/v1/' }
    expect(parseSettings(elsewhere).gateway).toMatchObject({
      url: 'http://[::1]:4100',
      publicUrl: 'https://ai.example.com',
    })
    expect(parseSettings({ QUOTA_PATH_PREFIX: '/' }).pathPrefix).toBe('')
    expect(parseSettings({ QUOTA_PATH_PREFIX: '/ai/quota_1.x/' }).pathPrefix).toBe('/ai/quota_1.x')
    expect(parseSettings({ QUOTA_API_PORT: '', QUOTA_API_TOKEN: '', QUOTA_CONFIG: '' })).toEqual(defaults)
  })

  it('accept every log level, silent included, as the gateway does, which reads the same .env', () => {
    for (const level of ['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
      expect(parseSettings({ QUOTA_LOG_LEVEL: level }).logLevel).toBe(level)
  })

  it.each([
    ['QUOTA_API_PORT', 'eighty'],
    ['QUOTA_API_PORT', '65536'],
    ['QUOTA_API_PORT', '-1'],
    ['QUOTA_API_HOST', 'http://localhost'],
    ['QUOTA_LOG_LEVEL', 'loud'],
    ['QUOTA_DATABASE_URL', 'mysql://root@localhost/x'],
    ['QUOTA_API_TOKEN', 'with space'],
    ['QUOTA_ADMIN_TOKEN', 'täglich'],
    ['QUOTA_API_ALLOWED_HOSTS', 'a.example:80'],
    ['QUOTA_LEDGER_DAYS', '31'],
    ['QUOTA_LEDGER_DAYS', '90.5'],
    ['QUOTA_LEDGER_DAYS', '99999'],
    ['QUOTA_LEDGER_DAYS', 'long'],
    ['QUOTA_HOURLY_DAYS', '89'],
    ['QUOTA_HOURLY_DAYS', '-1'],
    ['QUOTA_METRICS_CONSUMERS', 'all'],
    ['QUOTA_PATH_PREFIX', 'quota'],
    ['QUOTA_PATH_PREFIX', '/quota//'],
    ['QUOTA_PATH_PREFIX', '/a/../b'],
    ['QUOTA_PATH_PREFIX', '/a b'],
    ['QUOTA_PATH_PREFIX', '/"><script>'],
    ['QUOTA_PATH_PREFIX', 'https://example.com/quota'],
    ['QUOTA_PATH_PREFIX', `/${'x'.repeat(200)}`],
    ['QUOTA_GATEWAY_URL', 'ftp://gateway:4100'],
    ['QUOTA_GATEWAY_URL', 'http://user:planted@gateway:4100'],
    ['QUOTA_GATEWAY_PUBLIC_URL', 'https://user:planted@ai.example.com'],
  ])('refuse %s=%s in one line with the variable', (name, value) => {
    expect(() => parseSettings({ [name]: value })).toThrow(StartupError)
    expect(() => parseSettings({ [name]: value })).toThrow(new RegExp(`^${name} [^\n]*$`))
  })

  it('never show an address, which may contain a password', () => {
    expect(() => parseSettings({ QUOTA_DATABASE_URL: 'mysql://root:secret@db' })).toThrow(/^(?!.*secret)/)
    expect(() => parseSettings({ QUOTA_GATEWAY_URL: 'http://root:secret@gateway' })).toThrow(/^(?!.*secret)/)
  })

  it('refuse exposure without both tokens, and state what to set', () => {
    const open = { QUOTA_API_HOST: '0.0.0.0' }
    expect(() => parseSettings(open)).toThrow(/set QUOTA_API_TOKEN and QUOTA_ADMIN_TOKEN/)
    expect(() => parseSettings({ ...open, QUOTA_API_TOKEN: 'a' })).toThrow(/set QUOTA_ADMIN_TOKEN,/)
    expect(() => parseSettings({ ...open, QUOTA_ADMIN_TOKEN: 'a' })).toThrow(/set QUOTA_API_TOKEN,/)
    for (const host of ['::', '192.168.1.5', 'quota.lan', '::ffff:10.0.0.1']) {
      expect(() => parseSettings({ QUOTA_API_HOST: host }), host).toThrow(StartupError)
    }
    const tokens = { QUOTA_API_TOKEN: 'a'.repeat(32), QUOTA_ADMIN_TOKEN: 'b'.repeat(32) }
    expect(parseSettings({ ...open, ...tokens }).access.allowedHosts).toEqual(['0.0.0.0'])
    expect(() => parseSettings({ QUOTA_API_TOKEN: 'a', QUOTA_ADMIN_TOKEN: 'a' })).toThrow(/must differ/)
  })

  it('refuse short tokens beyond loopback, and state how to generate one', () => {
    const tokens = { QUOTA_API_TOKEN: 'a'.repeat(32), QUOTA_ADMIN_TOKEN: 'b'.repeat(32) }
    for (const name of ['QUOTA_API_TOKEN', 'QUOTA_ADMIN_TOKEN']) {
      const environment = { ...tokens, QUOTA_API_HOST: '0.0.0.0', [name]: 'c'.repeat(31) }
      expect(() => parseSettings(environment)).toThrow(
        new RegExp(`^${name} is shorter than 32 characters, .*openssl rand -hex 32.*$`),
      )
      expect(parseSettings({ ...environment, QUOTA_API_HOST: '127.0.0.1' }).host).toBe('127.0.0.1')
    }
  })

  it('keep hourly sums at least as long as the ledger', () => {
    const retention = (env: object) => parseSettings({ ...env }).retention
    expect(retention({ QUOTA_LEDGER_DAYS: '32', QUOTA_HOURLY_DAYS: '32' })).toEqual({
      ledgerDays: 32,
      hourlyDays: 32,
    })
    expect(retention({ QUOTA_LEDGER_DAYS: '1000' })).toEqual({ ledgerDays: 1_000, hourlyDays: 1_000 })
    expect(() => retention({ QUOTA_LEDGER_DAYS: '100', QUOTA_HOURLY_DAYS: '99' })).toThrow(
      /QUOTA_HOURLY_DAYS/,
    )
  })

  it('treat any loopback address as not exposed', () => {
    for (const host of ['localhost', '127.0.0.53', '::1', '[::1]']) {
      expect(parseSettings({ QUOTA_API_HOST: host }).host).toBe(host.replaceAll(/[[\]]/g, ''))
    }
  })
})
