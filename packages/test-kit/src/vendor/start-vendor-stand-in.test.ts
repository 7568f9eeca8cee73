import { expect, test } from 'vitest'
import { startVendorStandIn, type VendorStandIn } from './start-vendor-stand-in.js'
import { groqRateLimited } from './vendor-refusals.js'

function chat(
  standIn: VendorStandIn,
  options: {
    readonly apiKey?: string
    readonly body?: Readonly<Record<string, unknown>>
    readonly signal?: AbortSignal
  } = {},
): Promise<Response> {
  return fetch(`${standIn.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey ?? 'key-1'}` },
    body: JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: 'Hello there' }],
      ...options.body,
    }),
    signal: options.signal ?? null,
  })
}

test('a completion has the shape, the usage and the length limit of the real API', async () => {
  await using standIn = await startVendorStandIn()
  const answer = await chat(standIn, { body: { max_tokens: 2 } })
  expect(await answer.json()).toMatchObject({
    id: 'chatcmpl-0',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'The stan' }, finish_reason: 'length' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  })
  expect(standIn.calls).toMatchObject([
    { index: 0, apiKey: 'key-1', model: 'm', httpStatus: 200, ending: 'answered', body: { max_tokens: 2 } },
  ])
})

test('a stream ends with its usage and [DONE]; the other chunks carry usage null', async () => {
  await using standIn = await startVendorStandIn({ respond: () => ({ kind: 'complete', text: 'one two' }) })
  const answer = await chat(standIn, { body: { stream: true, stream_options: { include_usage: true } } })
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const events = (await answer.text()).split('\n\n').filter(event => event !== '')
  expect(events.at(-1)).toBe('data: [DONE]')
  const chunks = events.slice(0, -1).map((event): unknown => JSON.parse(event.slice('data: '.length)))
  expect(chunks).toMatchObject([
    { choices: [{ delta: { role: 'assistant' } }], usage: null },
    { choices: [{ delta: { content: 'one ' } }], usage: null },
    { choices: [{ delta: { content: 'two' } }], usage: null },
    { choices: [{ delta: {}, finish_reason: 'stop' }], usage: null },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
  ])
})

test('models and embeddings answer as the real API does', async () => {
  await using standIn = await startVendorStandIn({ models: ['m', 'n'] })
  const headers = { authorization: 'Bearer key-1' }
  const models = await fetch(`${standIn.baseUrl}/models`, { headers })
  expect(await models.json()).toMatchObject({ object: 'list', data: [{ id: 'm' }, { id: 'n' }] })
  const body = JSON.stringify({ model: 'm', input: ['abcd', 'efgh'] })
  const embeddings = await fetch(`${standIn.baseUrl}/embeddings`, { method: 'POST', headers, body })
  expect(await embeddings.json()).toMatchObject({
    data: [{ index: 0 }, { index: 1 }],
    usage: { prompt_tokens: 2, total_tokens: 2 },
  })
})

test('a wrong key gets 401, an unknown model 404 model_not_found, another path 404', async () => {
  await using standIn = await startVendorStandIn({ apiKeys: ['key-1'], models: ['m'] })
  expect((await chat(standIn, { apiKey: 'other' })).status).toBe(401)
  const unknown = await chat(standIn, { body: { model: 'x' } })
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ error: { code: 'model_not_found' } })
  expect((await fetch(`${standIn.baseUrl}/nothing`)).status).toBe(404)
  expect(standIn.calls.map(call => call.httpStatus)).toEqual([401, 404, 404])
})

test('a limit serves exactly its number of requests, even concurrent ones, and then refuses like Groq', async () => {
  await using standIn = await startVendorStandIn({ limits: [{ apiKey: 'key-1', maxRequests: 10 }] })
  const answers = await Promise.all(Array.from({ length: 25 }, () => chat(standIn)))
  expect(answers.filter(answer => answer.status === 200)).toHaveLength(10)
  const refused = answers.filter(answer => answer.status === 429)
  expect(refused).toHaveLength(15)
  expect(refused[0]?.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  expect((await chat(standIn, { apiKey: 'key-2' })).status).toBe(200)
  expect(standIn.calls).toHaveLength(26)
})

test("a refusal states Groq's figures: the wait follows from used, requested and limit", async () => {
  await using standIn = await startVendorStandIn({
    respond: call =>
      call.apiKey === 'key-1'
        ? groqRateLimited({
            model: 'm',
            metric: 'tokens',
            window: 'day',
            limit: 100_000,
            used: 97_050,
            requested: 3_619,
          })
        : undefined,
  })
  const refused = await chat(standIn)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('579')
  expect(await refused.json()).toMatchObject({
    error: {
      message: expect.stringContaining(
        'on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.',
      ),
      type: 'tokens',
      code: 'rate_limit_exceeded',
    },
  })
  expect((await chat(standIn, { apiKey: 'key-2' })).status).toBe(200)
})

test('a call can be held until the test releases it', async () => {
  await using standIn = await startVendorStandIn()
  let letGo = (): void => undefined
  const gate = new Promise<undefined>(resolve => {
    letGo = () => resolve(undefined)
  })
  standIn.respondWith(() => gate)
  const held = [chat(standIn), chat(standIn)]
  await standIn.until(calls => calls.length === 2)
  expect(standIn.calls.every(call => call.endedAtMs === null)).toBe(true)
  letGo()
  expect((await Promise.all(held)).map(answer => answer.status)).toEqual([200, 200])
})

test('a connection can break before the answer or in the middle of a stream', async () => {
  await using standIn = await startVendorStandIn({ respond: () => ({ kind: 'cut' }) })
  await expect(chat(standIn)).rejects.toThrow()
  standIn.respondWith(() => ({ kind: 'complete', text: 'one two three', cutAfterChunks: 2 }))
  const stream = await chat(standIn, { body: { stream: true } })
  const received: string[] = []
  const reading = async (): Promise<void> => {
    for await (const chunk of stream.body ?? []) received.push(new TextDecoder().decode(chunk))
  }
  await expect(reading()).rejects.toThrow()
  expect(received.join('')).toContain('two ')
  expect(received.join('')).not.toContain('three')
  expect(standIn.calls.map(call => call.ending)).toEqual(['cut', 'cut'])
})

test('a disconnecting client is recorded', async () => {
  await using standIn = await startVendorStandIn({ respond: () => ({ kind: 'hang' }) })
  const client = new AbortController()
  const call = chat(standIn, { signal: client.signal })
  await standIn.until(calls => calls.length === 1)
  client.abort()
  await expect(call).rejects.toThrow()
  await standIn.until(calls => calls[0]?.ending === 'clientLeft')
})

test('closing breaks open calls and refuses new ones', async () => {
  const standIn = await startVendorStandIn({ respond: () => ({ kind: 'hang' }) })
  const open = chat(standIn)
  const broken = expect(open).rejects.toThrow()
  await standIn.until(calls => calls.length === 1)
  await standIn.close()
  await broken
  await expect(chat(standIn)).rejects.toThrow()
})

test('a condition that never holds fails at its timeout', async () => {
  await using standIn = await startVendorStandIn()
  await expect(standIn.until(calls => calls.length > 0, 20)).rejects.toThrow(/0 calls had arrived/)
})
