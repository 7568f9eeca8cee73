import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture, startProcessFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const run = (...args: readonly string[]) => fixture.run(['routing', ...args])
const settings = async () => JSON.parse((await run('show', '--json')).out)

test('explain names the key that would take a call, or exits with 1 if none would', async () => {
  expect(await fixture.run(['explain', 'some-model'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^✓ .*\nKeys are ordered by most-remaining, and those after/),
  })
  // As the gateway orders them.
  await fixture.run(['routing', 'set', '--strategy', 'priority'])
  expect((await fixture.run(['explain', 'some-model'])).out).toContain('ordered by priority')
  await fixture.run(['routing', 'set', '--strategy', 'default'])
  const priced = await fixture.run(['explain', 'llama-3.1-8b-instant'])
  expect(priced.out).toMatch(
    /^Price: \$0\.05 in and \$0\.08 out per million tokens \(list price of llama-3\.1-8b-instant in .+, 20\d\d-\d\d-\d\d\)\.$/m,
  )
  const none = await fixture.run(['explain', 'some-model', '--characters', '1000000'])
  expect(none.code).toBe(1)
  expect(none.out).toMatch(/^✗ No key would take the call\.$/m)
  expect(none.out).toMatch(
    /^groq_1 +some-model +the call needs 1,000,000 characters; the limit is \d\d,\d{3} a day +–$/m,
  )
})

test('explain takes no name that stands for other models, and names the command that resolves it', async () => {
  await run('alias', 'add', 'quick', 'groq/llama-3.1-8b-instant')
  for (const name of ['quick', 'groq/llama-3.1-8b-instant', 'groq_1/llama-3.1-8b-instant']) {
    const { code, err } = await fixture.run(['explain', name])
    expect([code, err]).toEqual([2, expect.stringContaining(`routing show --dry-run ${name}`)])
  }
  // No provider or vendor of this name is there: it is the vendor's own name of a model.
  expect((await fixture.run(['explain', 'openai/gpt-oss-120b'])).code).toBe(0)
  // So it is where no key of that vendor serves the rest of the name.
  const own = `${fixture.origin}/api/v1/providers/openai_1`
  const made = await fetch(own, {
    ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ vendor: 'openai', models: ['gpt-4o'], limits: [] }),
  })
  expect(made.status).toBe(200)
  expect((await fixture.run(['explain', 'openai/gpt-oss-120b'])).code).toBe(0)
  expect((await fixture.run(['explain', 'openai/gpt-4o'])).code).toBe(2)
  expect((await fetch(own, { method: 'DELETE' })).status).toBe(200)
  await run('alias', 'remove', 'quick')
})

test('explain reports an unknown request', async () => {
  const { code, err } = await fixture.run(['explain', '0190a3c4-5d6e-7f80-9123-456789abcdef'])
  expect(code).toBe(1)
  expect(err).toMatch(/request "[^"]+" not found/)
})

test('strategy and wait are changed, shown with who made them, and return to their defaults', async () => {
  expect((await run('show')).out).toMatch(/^Strategy +most-remaining \(default\)$/m)
  const changed = await run('set', '--strategy', 'priority', '--max-wait', '0')
  expect([changed.code, changed.err]).toEqual([0, ''])
  expect(changed.out).toMatch(/^Strategy +priority \(api\)$/m)
  expect(changed.out).toMatch(/^Longest wait +0 ms \(api\)$/m)
  await run('set', '--max-wait', 'default')
  expect(await settings()).toMatchObject({ strategy: 'priority', maxWaitMs: 5_000 })
  for (const [args, error] of [
    [['set'], 'give --strategy or --max-wait'],
    [['set', '--strategy', 'cheapest'], 'must be most-remaining, priority, round-robin, soonest-reset'],
    [['set', '--max-wait', '5s'], 'whole milliseconds'],
  ] as const) {
    const { code, err } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(error)])
  }
})

test('an alias gets models, is tried before it is saved, ordered, and removed', async () => {
  const dry = await run('alias', 'add', 'quick', 'groq_2/llama-8b', 'llama-8b', '--dry-run', 'quick')
  expect(dry.code).toBe(0)
  expect(dry.out).toMatch(/^✓ groq_2 would take the call, as llama-8b\.$/m)
  expect(dry.out).toContain('nothing is saved')
  expect(dry.out).toMatch(/^first +groq_2 +llama-8b/m)
  expect(dry.out).toMatch(/^then +groq_1 +llama-8b/m)
  expect((await settings()).aliases).toEqual({})
  await run('alias', 'add', 'quick', 'groq_2/llama-8b')
  await run('alias', 'add', 'quick', 'llama-8b', 'groq_2/llama-8b')
  const listed = await run('show')
  expect(listed.out).toMatch(/^quick +groq_2\/llama-8b, llama-8b$/m)
  await run('alias', 'set', 'quick', 'llama-8b', 'groq_2/llama-8b')
  expect((await settings()).aliases).toEqual({ quick: ['llama-8b', 'groq_2/llama-8b'] })
  expect((await run('show', '--dry-run', 'quick')).out).toMatch(/^first +groq_\d +llama-8b/m)
  await run('alias', 'remove', 'quick', 'llama-8b')
  expect((await settings()).aliases).toEqual({ quick: ['groq_2/llama-8b'] })
  const none = await run('alias', 'remove', 'quick', 'groq_2/llama-8b')
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('removes the alias itself')])
  await run('alias', 'remove', 'quick')
  expect(await settings()).toMatchObject({ aliases: {}, strategy: 'priority' })
  const unknown = await run('alias', 'remove', 'quick')
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('there is no alias "quick"')])
})

test('providers are put in order, equal ones together, after a dry run', async () => {
  const order = ['order', 'groq_3', 'groq_1=huggingface_1'] as const
  const dry = await run(...order, '--dry-run', 'llama-8b')
  expect(dry.out).toMatch(/^first +groq_3 /m)
  const ordered = await run(...order)
  expect([ordered.code, ordered.err]).toEqual([0, ''])
  const { providers } = await settings()
  const priorities = providers.map(({ name, priority }: { name: string; priority: number }) => [
    name,
    priority,
  ])
  expect(priorities).toEqual([
    ['groq_1', 20],
    ['groq_2', 30],
    ['groq_3', 10],
    ['huggingface_1', 20],
    ['huggingface_2', 30],
  ])
  // Samples stay samples.
  expect(providers.map(({ managedBy }: { managedBy: string }) => managedBy)).toEqual(Array(5).fill('demo'))
  await run('set', '--strategy', 'default')
  expect((await run('order', 'groq_2')).err).toContain('Priorities decide only with the strategy priority')
  const unknown = await run('order', 'nobody')
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('unknown provider "nobody"')])
  const twice = await run('order', 'groq_1', 'groq_1')
  expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('named twice')])
})

test('a dry run says why keys are not used, and exits with 1 if none is', async () => {
  for (const name of ['groq_1', 'groq_2', 'groq_3', 'huggingface_1', 'huggingface_2'])
    await fixture.run(['providers', 'disable', name])
  const { code, out } = await run('set', '--strategy', 'round-robin', '--dry-run', 'llama-8b')
  expect(code).toBe(1)
  expect(out).toContain('✗ No key would take the call.')
  expect(out).toMatch(/^not used +groq_1 +llama-8b +disabled$/m)
  expect((await settings()).strategy).toBe('most-remaining')
})

test('what the configuration file makes is refused with the file to change', async () => {
  await using filed = await startProcessFixture(
    {},
    {
      'quotakeeper.config.yaml':
        'providers:\n  - { name: one, vendor: groq, priority: 2 }\n  - { name: two, vendor: groq, priority: 3 }\nrouting: { strategy: priority }\n',
    },
  )
  const refused = await filed.run(['routing', 'set', '--strategy', 'round-robin'])
  expect(refused.code).toBe(1)
  expect(refused.err).toContain(
    'strategy is managed by the configuration file; change it there (quotakeeper.config.yaml)',
  )
  // Another setting is saved beside it.
  expect((await filed.run(['routing', 'alias', 'add', 'fast', 'llama-8b'])).code).toBe(0)
  const order = await filed.run(['routing', 'order', 'two', 'one'])
  expect([order.code, order.err]).toEqual([
    2,
    expect.stringContaining(
      'the configuration file fixes priorities that do not allow this order: change one (2), two (3) there',
    ),
  ])
})

test('each command has help with examples, and is completed in the shells', async () => {
  for (const path of [
    ['show'],
    ['set'],
    ['order'],
    ['alias', 'add'],
    ['alias', 'set'],
    ['alias', 'remove'],
  ]) {
    const { code, out } = await run(...path, '--help')
    expect([path, code, out]).toEqual([
      path,
      0,
      expect.stringContaining(`quotakeeper routing ${path.join(' ')}`),
    ])
  }
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await fixture.run(['completion', shell])
    for (const word of ['routing alias remove', 'dry-run', 'max-wait']) expect(out).toContain(word)
  }
})
