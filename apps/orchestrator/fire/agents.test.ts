import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from '../tests/fixture.js'
import { startTestApi, type TestApi } from '../tests/test-api.js'
import { playModel } from './played-model.js'
import { type AgentPlace, type Ended, makeAgentPlace } from './run-agent.js'

const commands = ['echo one > one.txt', 'echo two > two.txt', 'cat one.txt two.txt > both.txt']
/** A vendor that has neither Responses nor Messages: all is translated. */
const chatOnly = { endpoints: ['chat/completions'] }
const words = 'The files are there.'

/** An agent, and its arguments to work without asking. */
interface Agent {
  readonly title: string
  readonly client: string
  /** What it shows where no key is left before tomorrow. */
  readonly refusal: RegExp
  run(place: AgentPlace, task: string): Promise<Ended>
}

const agents: readonly Agent[] = [
  {
    title: 'Codex',
    client: 'codex',
    refusal: /You’ve hit your usage limit\. Try again at /,
    run: (place, task) =>
      place.run('codex', [
        'exec',
        '--skip-git-repo-check',
        // Its sandbox needs rights that containers do not have.
        '--dangerously-bypass-approvals-and-sandbox',
        task,
      ]),
  },
  {
    title: 'Claude Code',
    client: 'claude-code',
    refusal: /No key has room for this call\. .*requests\/day has no room, back at /,
    run: (place, task) => place.run('claude', ['-p', task, '--allowedTools', 'Bash']),
  },
]

let api: TestApi
beforeAll(async () => {
  const config = 'providers: []\nrouting: { strategy: priority }\n'
  api = await startTestApi({ config, databaseUrl: 'pglite:memory' })
})
afterAll(() => api?.[Symbol.asyncDispose]())

/** Has an agent set up by `quotakeeper connect`, and do a task. */
async function doTask(place: AgentPlace, { client, run }: Agent, fixture: Fixture): Promise<Ended> {
  const { origin: gatewayUrl, model } = fixture
  const connected = await place.connect(client, { gatewayUrl, model })
  expect(connected).toMatchObject({ code: 0 })
  return run(place, 'Write the numbers one and two into files, and both into a third.')
}

test.each([...agents])(
  '$title finishes a task of several tool calls, though its key ends in between',
  async agent => {
    await using place = await makeAgentPlace()
    await using fixture = await startFixture(api, {
      keys: { a: { ...chatOnly, limits: requestsPerDay(2), priority: 1 }, b: { ...chatOnly, priority: 2 } },
      vendor: { respond: playModel(commands, words) },
    })
    const { code, out, err } = await doTask(place, agent, fixture)
    expect([code, out + err]).toEqual([0, expect.stringContaining(words)])
    expect(await readFile(join(place.folder, 'both.txt'), 'utf8')).toBe('one\ntwo\n')
    const keys = fixture.vendor.calls.map(({ apiKey }) => apiKey)
    expect(keys.slice(0, 3)).toEqual(['key-a', 'key-a', 'key-b'])
    expect(keys.slice(3).every(key => key === 'key-b')).toBe(true)
    // A call for each command, and one for the words.
    expect(keys.length).toBeGreaterThanOrEqual(commands.length + 1)
    expect((await fixture.ledgerOf('a')).map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
  },
)

test.each([...agents])(
  '$title shows why there is no key left, and does not ask again and again',
  async agent => {
    await using place = await makeAgentPlace()
    await using fixture = await startFixture(api, { keys: { a: { ...chatOnly, limits: requestsPerDay(1) } } })
    await api.client.usage.record.mutate({ providerName: fixture.nameOf('a'), requestCount: 1 })
    const { code, out, err } = await doTask(place, agent, fixture)
    expect(code).not.toBe(0)
    expect(out + err).toMatch(agent.refusal)
    expect(fixture.vendor.calls).toHaveLength(0)
  },
)
