import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fixture, startFixture } from './cli-process.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const run = (...args: string[]) => fixture.run(args)
const answerOf = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out)

const spend = (consumer: string, count: string, ...more: string[]) =>
  run('usage', 'record', 'groq_1', '--requests', count, '--consumer', consumer, ...more)

it('says how to add the first consumer, and of a filter that none matches', async () => {
  const none = await run('consumers', 'list')
  expect(none.out).toBe(
    'There are no consumers: "quotakeeper consumers set NAME requests/month=1000" adds one.\n',
  )
  expect((await run('consumers', 'list', '--parent', 'nobody')).out).toBe('No consumer matches.\n')
})

it('adds consumers in a tree, lists and shows them, and keeps what is not named', async () => {
  const made = await run('consumers', 'set', 'acme', 'requests/month=1000', 'cost/month=$20')
  expect(made).toEqual({ code: 0, err: '', out: 'acme: requests/month=1,000, cost/month=$20.00\n' })
  const child = await run('consumers', 'set', 'acme-ci', '--parent', 'acme', 'requests/day per user=50')
  expect(child.out).toBe('acme-ci under acme: requests/day per user=50\n')
  await run('consumers', 'set', 'acme', 'requests/month=900', '--models', 'llama-*,gpt-*', '--show-cost')
  expect(await answerOf('consumers', 'show', 'acme')).toMatchObject({
    consumer: {
      models: ['llama-*', 'gpt-*'],
      showCost: true,
      strict: false,
      limits: [
        { id: 'requests/month', max: 900 },
        { id: 'cost/month', max: 20_000_000 },
      ],
    },
    stats: { status: 'available', limits: [{ max: 900 }, { max: 20_000_000 }] },
  })
  const listed = await run('consumers', 'list')
  expect(listed.out).toMatch(/^acme +– +– +yes +api +requests\/month=900, cost\/month=\$20\.00$/m)
  expect(listed.out).toMatch(/^acme-ci +acme +– +yes +api +requests\/day per user=50$/m)
  const children = await answerOf('consumers', 'list', '--parent', 'acme')
  expect(children.map(({ name }: { name: string }) => name)).toEqual(['acme-ci'])
})

it('shows what a consumer and those below it have used, by user', async () => {
  await run('consumers', 'set', 'team', 'requests/month=100')
  await run('consumers', 'set', 'app', '--parent', 'team', 'requests/day per user=50')
  await spend('app', '40', '--user', 'alice')
  const status = await run('status', '--consumer', 'team')
  expect(status.out).toMatch(/^CONSUMER +STATUS/)
  expect(status.out).toMatch(/^team +available +requests\/month +40 +█+░+ +60 +100 +resets /m)
  expect(status.out).toMatch(/^app +available +requests\/day per user for user alice +40 +█+░+ +10 +50 /m)
  await spend('team', '3')
  const sums = await answerOf('usage', 'summary', '--group-by', 'consumer', '--under', 'team')
  expect(sums).toMatchObject([
    { consumer: 'app', requestCount: 40 },
    { consumer: 'team', requestCount: 3 },
  ])
  expect(await answerOf('usage', 'ledger', '--under', 'app')).toHaveLength(1)
  const { consumers } = await answerOf('status', '--consumer', 'team', '--status', 'available')
  expect(consumers.map((stats: { consumer: string }) => stats.consumer)).toEqual(['app', 'team'])
  expect((await run('consumers', 'show', 'team')).out).toMatch(/^Shows costs +no$/m)
  expect((await run('status', '--consumer', 'nobody')).out).toBe('No consumer matches.\n')
})

it('gives the limits of a plan to its consumers, and takes limits away by id', async () => {
  await run('plans', 'set', 'pro', 'requests/month=1000', 'tokens/day=5000')
  await run('consumers', 'set', 'tenant', '--plan', 'pro')
  await spend('tenant', '900')
  const changed = await run('plans', 'set', 'pro', 'requests/month=800', '--remove-limit', 'tokens/day')
  expect(changed.out).toBe('pro: requests/month=800\n')
  const { consumer, stats } = await answerOf('consumers', 'show', 'tenant')
  expect(consumer.planLimits).toMatchObject([{ id: 'requests/month', max: 800 }])
  expect(stats).toMatchObject({ available: false, limits: [{ used: 900, remaining: 0 }] })
  expect((await run('plans', 'list')).out).toMatch(/^pro +api +requests\/month=800$/m)
  expect((await run('plans', 'remove', 'pro', '--yes')).err).toMatch(/pro/)
  await run('consumers', 'set', 'tenant', '--plan', 'none')
  expect((await run('plans', 'remove', 'pro', '--yes')).out).toBe('pro is removed.\n')
})

it('explains a call for a consumer and its user', async () => {
  await run('consumers', 'set', 'small', 'requests/day per user=1')
  await spend('small', '1', '--user', 'alice')
  const explain = (user: string) =>
    run('explain', 'llama-3.1-8b-instant', '--consumer', 'small', '--user', user)
  const refused = await explain('alice')
  expect(refused.code).toBe(1)
  expect(refused.out).toContain('requests/day per user of consumer small has no room')
  expect((await explain('bob')).code).toBe(0)
})

it('disables, enables, resets, grants to and removes a consumer', async () => {
  await run('consumers', 'set', 'brief', 'requests/day=10')
  await spend('brief', '10')
  expect((await run('grant', 'consumer/brief', 'requests/day', '5', '--until', '6h')).out).toMatch(
    /^brief: requests\/day allows 15 now/,
  )
  expect((await run('consumers', 'disable', 'brief')).out).toBe('brief is disabled.\n')
  expect((await run('status', '--consumer', 'brief')).out).toMatch(/^brief +disabled by admin/m)
  expect((await run('consumers', 'enable', 'brief')).out).toBe('brief is enabled.\n')
  const unsure = await run('consumers', 'reset', 'brief')
  expect({ code: unsure.code, out: unsure.out }).toEqual({ code: 2, out: '' })
  expect(unsure.err).toMatch(/needs --yes without a terminal/)
  expect((await run('consumers', 'reset', 'brief', '--yes')).out).toBe("Today's usage of brief was reset.\n")
  expect((await answerOf('consumers', 'show', 'brief')).stats.limits).toMatchObject([{ used: 0 }])
  expect(await answerOf('consumers', 'remove', 'brief', '--yes')).toEqual({ name: 'brief' })
  expect((await run('consumers', 'show', 'brief')).code).toBe(1)
})

it.each([
  [['consumers', 'show', 'nobody'], 1, /unknown consumer "nobody": "quotakeeper consumers list"/],
  [['consumers', 'enable', 'nobody'], 1, /unknown consumer "nobody": "quotakeeper consumers list"/],
  [['consumers', 'set', 'x', '--plan', 'nothing'], 1, /"nothing".*"quotakeeper plans list"/],
  [['consumers', 'set', 'x', '--parent', 'nobody'], 1, /"nobody".*"quotakeeper consumers list"/],
  [['consumers', 'set', 'x', 'requests=5'], 2, /limit "requests".*requests\/day=1000/],
  [['consumers', 'set', 'x', 'requests/day=many'], 2, /max must be a whole number/],
  [['consumers', 'set', 'x', '--remove-limit', 'cost/day'], 1, /x has no such limit; it has none/],
  [['plans', 'remove', 'nothing', '--yes'], 1, /unknown plan "nothing": "quotakeeper plans list"/],
  [['status', '--consumer', 'x', '--provider', 'y'], 2, /cannot be combined/],
] as const)('refuses %j in one line with its remedy', async (args, code, line) => {
  const result = await run(...args)
  expect({ code: result.code, out: result.out }).toEqual({ code, out: '' })
  expect(result.err).toMatch(line)
  expect(result.err.trim().split('\n')).toHaveLength(1)
  expect(result.err).not.toMatch(/\b(consumers|plans)\.[a-z]+\b/)
})
