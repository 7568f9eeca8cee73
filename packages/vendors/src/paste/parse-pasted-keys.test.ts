import { expect, test } from 'vitest'
import { unpooled } from './existing-provider.js'
import { parsePastedKeys } from './parse-pasted-keys.js'
import { planProviders } from './plan-providers.js'

const nineLines = `
GROQ_API_KEY=gsk_one_1111
export GROQ_API_KEY_2="gsk_two_2222"   # second
GROQ_API_KEY_WORK=gsk_one_1111
GEMINI_API_KEY=AIza_one_1111
google,AIza_two_2222,second project
openrouter,sk-or-one-1111
OPENROUTER_API_KEY_2=sk-or-two-2222
CEREBRAS_API_KEY='csk-one-1111'
mistral,mis-one-1111,
`

test('nine pasted lines, one key twice, are 8 providers, 1 duplicate and 3 questions', () => {
  const { keys, duplicates, skipped } = parsePastedKeys(nineLines)
  expect(skipped).toEqual([])
  expect(duplicates).toEqual([{ line: 4, vendor: 'groq', sameAsLine: 2 }])
  const { providers, questions } = planProviders(keys, [
    { name: 'groq_1', vendor: 'groq', pool: 'groq-keys', managedBy: 'file' },
    { name: 'groq_2', vendor: 'groq', pool: null, managedBy: 'demo' },
  ])
  expect(providers.map(({ name, pool, preset }) => [name, pool, preset])).toEqual([
    ['groq_2', 'groq-keys', 'groq/free'],
    ['groq_3', 'groq-keys', 'groq/free'],
    ['gemini_1', 'gemini-keys', 'gemini/free'],
    ['gemini_2', 'gemini-keys', 'gemini/free'],
    ['openrouter_1', 'openrouter-keys', 'openrouter/free'],
    ['openrouter_2', 'openrouter-keys', 'openrouter/free'],
    ['cerebras_1', null, 'cerebras/free'],
    ['mistral_1', null, 'mistral/free'],
  ])
  expect(questions.map(({ vendor }) => vendor)).toEqual(['groq', 'gemini', 'openrouter'])
  expect(keys.map(({ key }) => key)).toContain('gsk_two_2222')
  expect(keys.find(({ line }) => line === 6)?.label).toBe('second project')
})

test('JSON is read as a list, in keys, or as variables', () => {
  const entries = [
    { platform: 'google', key: 'AIza_1111', label: 'mine' },
    { platform: 'github', key: 'ghp_1111', baseUrl: 'https://x.example/v1' },
  ]
  const read = (value: unknown) =>
    parsePastedKeys(JSON.stringify(value)).keys.map(({ vendor, key, label }) => [vendor, key, label])
  const expected = [
    ['gemini', 'AIza_1111', 'mine'],
    ['github-models', 'ghp_1111', null],
  ]
  expect(read(entries)).toEqual(expected)
  expect(read({ version: 1, keys: entries })).toEqual(expected)
  expect(read({ GROQ_API_KEY: 'gsk_1111' })).toEqual([['groq', 'gsk_1111', null]])
})

test('other lines are skipped with a reason that repeats no key', () => {
  const secret = 'gsk_planted_0123456789'
  for (const text of [
    secret,
    `NOBODY_API_KEY=${secret}`,
    `${secret},groq`,
    'GROQ_API_KEY=',
    `GROQ_API_KEY=${secret} more`,
    // Base64 ends so.
    `${secret}==`,
    `${secret.toUpperCase()}=`,
    JSON.stringify({ [secret]: secret }),
    `[{"platform":"groq","key":"${secret}"`,
    JSON.stringify([
      secret,
      { platform: 'nobody', key: secret },
      { platform: 'groq', key: `${secret}\u0001` },
    ]),
  ]) {
    const { keys, skipped } = parsePastedKeys(text)
    expect(keys).toEqual([])
    expect(skipped.length).toBeGreaterThan(0)
    expect(JSON.stringify(skipped).toLowerCase()).not.toContain('planted')
  }
  expect(parsePastedKeys('NOBODY_API_KEY_2=x').skipped[0]?.reason).toContain('NOBODY_API_KEY_2')
  expect(parsePastedKeys('platform,key,label\n# a comment\n\ngroq,gsk_1111').keys).toHaveLength(1)
})

test('a text of more than a million characters is not read, and of its keys the first thousand are', () => {
  expect(parsePastedKeys(`groq,gsk_1111\n${'#'.repeat(1_000_000)}`)).toEqual({
    keys: [],
    duplicates: [],
    skipped: [{ line: 1, code: 'text_too_long', named: '1000000', reason: 'longer than 1000000 characters' }],
  })
  const { keys, skipped } = parsePastedKeys(
    Array.from({ length: 1_001 }, (_, index) => `groq,gsk_${1_000 + index}`).join('\n'),
  )
  expect(keys).toHaveLength(1_000)
  expect(skipped).toEqual([
    { line: 1_001, code: 'too_many_keys', named: '1000', reason: 'more than 1000 keys' },
  ])
})

test('one pasted key of a vendor that has providers is asked about, and joins their pool', () => {
  const { keys } = parsePastedKeys('groq,gsk_1111\nmistral,mis_1111\ngemini,AIza_1111')
  const existing = [
    { name: 'groq_1', vendor: 'groq', pool: null, managedBy: 'api' },
    { name: 'mine', vendor: 'groq', pool: 'groq-org', managedBy: 'api' },
    { name: 'groq_9', vendor: 'groq', pool: null, managedBy: 'file' },
    { name: 'mistral_1', vendor: 'mistral', pool: null, managedBy: 'api' },
    { name: 'gemini_9', vendor: 'gemini', pool: null, managedBy: 'demo' },
  ] as const
  const { providers, questions } = planProviders(keys, existing)
  expect(providers.map(({ line, name, pool }) => [line, name, pool])).toEqual([
    [1, 'groq_2', 'groq-org'],
    [2, 'mistral_2', 'mistral-keys'],
    [3, 'gemini_1', null],
  ])
  expect(questions.map(({ existing: there, names }) => [there, names])).toEqual([
    [['groq_1', 'mine', 'groq_9'], ['groq_2']],
    [['mistral_1'], ['mistral_2']],
  ])
  // One of the file, or of a pool already, does not join.
  expect(unpooled(existing, 'groq')).toEqual(['groq_1'])
})

test('a key takes the name of a sample, unless it is for another address', () => {
  const entry = { platform: 'huggingface', key: 'hf_1111' }
  const entries = [{ ...entry, baseUrl: 'https://x.example/v1' }, entry]
  const { keys } = parsePastedKeys(JSON.stringify(entries))
  const samples = ['huggingface_1', 'huggingface_2'].map(
    name => ({ name, vendor: 'huggingface', pool: null, managedBy: 'demo' }) as const,
  )
  expect(planProviders(keys, samples).providers.map(({ name }) => name)).toEqual([
    'huggingface_3',
    'huggingface_1',
  ])
})
