import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { mergeToml, type TomlSettings } from './merge-toml.js'

const settings: TomlSettings = {
  root: { model: 'fast', model_provider: 'quotakeeper' },
  table: ['model_providers', 'quotakeeper'],
  values: { name: 'Quotakeeper', base_url: 'http://127.0.0.1:4100/v1', env_key: null },
}
const table = '[model_providers.quotakeeper]\nname = "Quotakeeper"\nbase_url = "http://127.0.0.1:4100/v1"\n'

test('a file that is not there yet, or is empty, gets the settings alone', () => {
  const whole = `model = "fast"\nmodel_provider = "quotakeeper"\n\n${table}`
  for (const text of [null, '', '\n']) {
    const merged = mergeToml(text, settings)
    expect(parse(merged)).toEqual(parse(whole))
    expect(merged).toContain(table)
  }
})

test('comments, order, other tables and the tail of a changed line stay', () => {
  const before = [
    '# mine',
    'approval_policy = "on-request"',
    'model = "gpt-5.5" # the good one',
    '',
    '# where my notes are',
    '[mcp_servers.notes]',
    'command = "notes"',
    '',
    '[model_providers.other]',
    'name = "Other" # keep',
    '',
  ].join('\n')
  const merged = mergeToml(before, settings)
  const kept = before.split('\n').filter(line => !line.startsWith('model ='))
  for (const line of kept) expect(merged.split('\n')).toContain(line)
  expect(merged).toContain('model = "fast" # the good one')
  expect(merged.indexOf('model_provider =')).toBeLessThan(merged.indexOf('[mcp_servers.notes]'))
  expect(merged.endsWith(table)).toBe(true)
  expect(mergeToml(merged, settings)).toBe(merged)
})

test('a table that is there is changed where it stands, and a key is taken out of it', () => {
  const before =
    '[model_providers."quotakeeper"] # ours\nname = "Old"\nenv_key = "X"\nrequest_max_retries = 2\n\n[tools]\nname = "mine"\n'
  const merged = mergeToml(before, settings)
  expect(parse(merged)).toEqual({
    model: 'fast',
    model_provider: 'quotakeeper',
    model_providers: {
      quotakeeper: {
        name: 'Quotakeeper',
        base_url: 'http://127.0.0.1:4100/v1',
        request_max_retries: 2,
      },
    },
    tools: { name: 'mine' },
  })
  expect(merged).toContain('# ours')
})

test.each([
  ['an inline table', 'model_providers = { quotakeeper = { name = "x" } }\n'],
  ['dotted keys', 'model_providers.quotakeeper.name = "x"\n'],
  ['a text over several lines', 'model = """\nmodel = "x"\n"""\n'],
  ['a list in its place', '[[model_providers]]\nname = "x"\n'],
])('%s is not broken, but refused', (_, before) => {
  expect(() => mergeToml(before, settings)).toThrow(/written in a form that cannot be changed here/)
})

test('a file that is no TOML is refused by line and column, without a quote of it', () => {
  expect(() => mergeToml('a = 1\ntoken = "sec\nret"\n', settings)).toThrow(/^2:\d+: /)
  try {
    mergeToml('a = 1\ntoken = "sec\nret"\n', settings)
  } catch (error) {
    expect(String(error)).not.toContain('sec')
  }
})
