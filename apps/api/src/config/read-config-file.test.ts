import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '@quotakeeper/server-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfigFile } from './read-config-file.js'
import { setupOfConfig } from './setup-of-config.js'

const folder = mkdtempSync(join(tmpdir(), 'quotakeeper-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'test.yaml')

function read(text: string | Buffer): ReturnType<typeof readConfigFile> {
  writeFileSync(file, text)
  return readConfigFile(file)
}

describe('a configuration', () => {
  it('may be empty', () => {
    expect(read('')).toEqual({})
    expect(read('# nothing yet\n')).toEqual({})
  })

  it('has limits as a map or a list, and cost in dollars', () => {
    const { providers } = setupOfConfig(
      read(`
providers:
  - name: one
    vendor: huggingface
    limits: { requests/day: 250, tokens/rolling-60s@llama-*: 8000, cost/month: $0.10, characters/day: null }
  - name: two
    vendor: huggingface
    limits:
      - { metric: cost, window: day, max: $20 }
      - { id: own, metric: tokens, window: minute, max: 5, model: "*", per: model, mode: shadow, countsCached: false }
`),
    )
    expect(providers[0]?.limits.map(({ id, max, model }) => [id, max, model])).toEqual([
      ['requests/day', 250, null],
      ['tokens/rolling-60s@llama-*', 8_000, 'llama-*'],
      ['cost/month', 100_000, null],
      ['characters/day', null, null],
    ])
    expect(providers[1]?.limits).toEqual([
      {
        id: 'cost/day',
        metric: 'cost',
        window: 'day',
        max: 20_000_000,
        model: null,
        per: null,
        mode: 'enforce',
        countsCached: true,
      },
      {
        id: 'own',
        metric: 'tokens',
        window: 'minute',
        max: 5,
        model: '*',
        per: 'model',
        mode: 'shadow',
        countsCached: false,
      },
    ])
  })

  it('uses a preset with its time zone, and overrides its limits by id', () => {
    const { providers } = setupOfConfig(
      read(`
providers:
  - name: gemini_1
    vendor: gemini
    preset: gemini/free
    limits: { "requests/day@gemini-*": 7, characters/day: 9 }
`),
    )
    expect(providers[0]?.timeZone).toBe('America/Los_Angeles')
    const limits = providers[0]?.limits ?? []
    expect(limits.filter(limit => limit.id === 'requests/day@gemini-*').map(limit => limit.max)).toEqual([7])
    expect(limits.map(limit => limit.id)).toContain('characters/day')
    expect(limits.length).toBeGreaterThan(2)
  })

  it('has the days of its vendor, and a pool those of its members if they agree', () => {
    const setup = setupOfConfig(
      read(`
providers:
  - { name: a, vendor: gemini, pool: project }
  - { name: b, vendor: gemini, pool: project }
  - { name: c, vendor: groq, pool: mixed }
  - { name: d, vendor: gemini, pool: mixed }
pools: [{ name: project }, { name: mixed }]
`),
    )
    expect(setup.providers[0]?.timeZone).toBe('America/Los_Angeles')
    expect(setup.pools.map(pool => pool.timeZone)).toEqual(['America/Los_Angeles', 'UTC'])
  })

  it.each([
    ['providers: [', /:1:\d+: /],
    ['a: 1\na: 2', /:2:1: .*unique/],
    [
      'providers:\n  - name: one\n    vendor: groq\n    enabled: true',
      /:4:5: providers\.0\.enabled: unknown setting/,
    ],
    ['providers:\n  - name: one', /:2:5: providers\.0\.vendor: /],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { requests/fortnight: 1 } }',
      /:2:\d+: providers\.0\.limits\.requests\/fortnight: window must be minute/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { wishes/day: 1 } }',
      /:2:\d+: providers\.0\.limits\.wishes\/day: must be METRIC\/WINDOW/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { requests/day: -1 } }',
      /requests\/day: must be a whole number/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { requests/day: $5 } }',
      /requests\/day: must be a whole number, or null/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { cost/month: 5 } }',
      /cost\/month: must be written in dollars/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, limits: { tokens/rolling-60s: 0 } }',
      /tokens\/rolling-60s: max must be at least 1/,
    ],
    [
      'providers:\n  - name: one\n    vendor: groq\n    limits:\n      - { metric: requests, window: day, max: 1 }\n      - { metric: requests, window: day, max: 2 }',
      /:6:\d+: providers\.0\.limits\.1: .*given twice/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, preset: groq/fre }',
      /preset: must be a known preset: groq\/free/,
    ],
    ['providers:\n  - { name: one, vendor: groq, baseUrl: "ftp://x" }', /baseUrl: must be an address/],
    ['providers:\n  - { name: one, vendor: groq, baseUrl: nowhere }', /baseUrl: must be an address/],
    [
      'providers:\n  - { name: one, vendor: groq, metadata: { baseUrl: x } }',
      /metadata: must not hold baseUrl/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, baseUrl: "https://me:secret@x" }',
      /baseUrl: must not contain/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, apiKeyEnv: gsk-123 }',
      /apiKeyEnv: must be the name of an environment variable/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, apiKeyFile: gsk-123 }',
      /:2:32: providers.0.apiKeyFile: must be the absolute path of a file such as \/run\/secrets\/groq_1, never a key itself$/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq, apiKeyEnv: KEY, apiKeyFile: /run/secrets/one }',
      /apiKeyFile: provider "one" has apiKeyEnv, too: remove one of them/,
    ],
    ['providers:\n  - { name: one, vendor: groq, timeZone: Mars }', /timeZone: must be a time zone/],
    [
      'providers:\n  - { name: one, vendor: groq, pool: nowhere }',
      /:2:\d+: providers\.0\.pool: .*not among the pools/,
    ],
    [
      'providers:\n  - { name: one, vendor: groq }\n  - { name: one, vendor: groq }',
      /:3:\d+: providers\.1\.name: "one" is given twice/,
    ],
    ['routing: { strategy: fastest }', /:1:\d+: routing\.strategy: /],
    ['alerts: { send: [{ slack: { url: x } }] }', /:1:\d+: alerts\.send\.0/],
    ['prices: { "gemini/*": { input: 0.3 } }', /prices\.gemini\/\*\.input: must be a price/],
    ['- 1', /:1:1: /],
  ])('is refused in one line with the position: %j', (text, message) => {
    expect(() => read(text)).toThrow(StartupError)
    expect(() => read(text)).toThrow(message)
    try {
      read(text)
    } catch (error) {
      expect(String(error)).not.toContain('\n')
      expect(String(error)).toContain(file)
    }
  })

  it('has all its errors in one message, each with its line and remedy', () => {
    const text = `providers:
  - { name: one, vendor: nobody }
  - { name: two, vendor: groq, colour: red, size: 1 }
  - { name: three, vendor: groq, timeZone: Mars }
routing: { strategy: fastest }
`
    let message = ''
    try {
      read(text)
    } catch (error) {
      message = error instanceof StartupError ? error.message : ''
    }
    const lines = message.split('\n').map(line => line.slice(file.length))
    expect(lines).toEqual([
      expect.stringMatching(
        /^:2:18: providers\.0\.vendor: unknown vendor "nobody": known are groq, .*baseUrl such as/,
      ),
      expect.stringMatching(/^:3:\d+: providers\.1\.colour: unknown setting "colour"/),
      expect.stringMatching(/^:3:\d+: providers\.1\.size: unknown setting "size"/),
      expect.stringMatching(/^:4:\d+: providers\.2\.timeZone: must be a time zone/),
      expect.stringMatching(/^:5:\d+: routing\.strategy: /),
    ])
    expect(() => read('providers: [{ name: own, vendor: custom }]')).toThrow(/needs a baseUrl such as/)
  })

  it.each([
    [
      'providers: [{ name: one, vendor: groq, limits: 5 }]',
      'providers.0.limits: must be an object or a list',
    ],
    ['providers: [{ name: 1, vendor: groq }]', 'providers.0.name: must be text: put it in quotes'],
    ['providers: [{ name: "one ", vendor: groq }]', 'providers.0.name: must not end with a space'],
    ['providers: [{ name: one }]', 'providers.0.vendor: is missing; it must be text'],
    ['routing: { strategy: fastest }', 'routing.strategy: must be one of most-remaining, priority,'],
    ['routing: { aliases: { fast: [] } }', 'routing.aliases.fast: must have at least 1 entry'],
    ['alerts: { send: [{ webhook: {} }] }', 'alerts.send.0.webhook.urlEnv: is missing'],
    [
      'alerts: { send: [{ pager: {} }] }',
      'alerts.send.0.pager: unknown setting "pager"; write one of slack, webhook, email',
    ],
    ['providers: []\n---\nproviders: []', 'must be one YAML document: remove this line'],
    [
      Buffer.from('prices: { "café/*": { input: $1 } }', 'latin1'),
      'is not UTF-8 text: save it in that encoding',
    ],
    [Buffer.from('\uFEFFproviders: []', 'utf16le'), 'is not UTF-8 text'],
  ])('has errors that say what a value must be: %#', (text, fault) => {
    expect(() => read(text)).toThrow(fault)
  })

  it('has each of its errors once', () => {
    let message = ''
    try {
      read('prices: { "groq/*": { input: $-1 } }')
    } catch (error) {
      message = String(error)
    }
    expect(message.split('must be a price such as $0.30')).toHaveLength(2)
  })

  it('may merge the fields of an anchor, and names an error in them', () => {
    const text = (limit: number) => `providers:
  - &first { name: one, vendor: groq, limits: { requests/day: ${limit} } }
  - { <<: *first, name: two }
`
    expect(read(text(5)).providers).toMatchObject([
      { name: 'one', vendor: 'groq', limits: [{ max: 5 }] },
      { name: 'two', vendor: 'groq', limits: [{ max: 5 }] },
    ])
    expect(() => read(text(-5))).toThrow(/:2:\d+: providers\.0\.limits.*\n.*:3:\d+: providers\.1\.limits/)
  })

  it('that is given and missing is an error', () => {
    expect(() => readConfigFile(join(folder, 'missing.yaml'))).toThrow(
      /missing\.yaml cannot be read \(ENOENT\): create it, or name another file in QUOTA_CONFIG$/,
    )
  })

  it('is bounded even with YAML aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (let level = 0; level < 9; level += 1) {
      const name = String.fromCharCode(97 + level)
      const next = String.fromCharCode(98 + level)
      bomb.push(
        `${next}: &${next} [*${name},*${name},*${name},*${name},*${name},*${name},*${name},*${name},*${name}]`,
      )
    }
    expect(() => read(bomb.join('\n'))).toThrow(StartupError)
  })
})
