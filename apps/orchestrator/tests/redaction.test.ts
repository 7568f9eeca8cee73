import { gzipSync } from 'node:zlib'
import { isThorough, type Reaction } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const called = 'gsk_Zq3x9aB7xYtLmNoP0rStUvWxYz012345'
const other = 'sk-proj-0aBcDeFgHiJkLm_NoPqRsTuVwXyZ/12+34'

let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, {
    keys: { a: {}, b: { models: ['none-of-this'] } },
    environment: { KEY_A: called, KEY_B: other },
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const hexOf = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(2, '0')
/** Encodings of a key within JSON. */
const writings: readonly (readonly [string, (key: string) => string])[] = [
  ['as it is', key => key],
  ['in escapes of JSON', key => [...key].map(letter => `\\u00${hexOf(letter)}`).join('')],
  ['with escaped slashes', key => key.replaceAll('/', '\\/')],
  ['in a URL', key => [...key].map(letter => `%${hexOf(letter)}`).join('')],
  ['in base64', key => Buffer.from(key).toString('base64')],
  ['in base64 of a header', key => Buffer.from(`Bearer ${key}`).toString('base64url')],
  ['in base64 of a login', key => Buffer.from(`user:${key}`).toString('base64')],
]
const choice = (said: object, finish_reason: string | null = null): string =>
  JSON.stringify({ choices: [{ index: 0, ...said, finish_reason }] })
const event = (json: string): string => `data: ${json}\n\n`
const stop = event(choice({ delta: {} }, 'stop'))
const content = (text: string): string => event(`{"choices":[{"index":0,"delta":{"content":"${text}"}}]}`)

/** Places from which a key might reach a client. */
const places: readonly (readonly [string, (secret: string) => Reaction])[] = [
  ['an answer', secret => sent(`{"choices":[{"message":{"content":"${secret}"},"finish_reason":"stop"}]}`)],
  [
    'an unknown field',
    secret => sent(`{"echo":"${secret}",${choice({ message: { content: 'x' } }, 'stop').slice(1)}`),
  ],
  [
    'an answer in gzip',
    secret => ({
      ...sent(gzipSync(`{"choices":[{"message":{"content":"${secret}"}}]}`)),
      headers: { 'content-encoding': 'gzip' },
    }),
  ],
  ['an error behind HTTP 200', secret => sent(`{"error":{"message":"bad key ${secret}"}}`)],
  ['a page', secret => sent(`<p>bad key ${secret}</p>`)],
  [
    'a refusal of the request',
    secret => ({
      ...sent(`{"error":{"message":"bad key ${secret}"}}`),
      kind: 'answer',
      httpStatus: 400,
      body: `{"error":{"message":"bad key ${secret}"}}`,
    }),
  ],
  [
    'a failure',
    secret => ({ kind: 'answer', httpStatus: 500, body: `{"error":{"message":"bad key ${secret}"}}` }),
  ],
  [
    'a content type',
    secret => ({
      ...sent(choice({ message: { content: 'x' } }, 'stop')),
      headers: { 'content-type': `application/json; key="${secret.replaceAll('\\', '')}"` },
    }),
  ],
  ['an event', secret => sent(content(secret) + stop)],
  ['a comment', secret => sent(`${content('x')}: ${secret}\n\n${stop}`)],
  ['the name of an event', secret => sent(`${content('x')}event: ${secret}\n${stop}`)],
  [
    'an event in pieces',
    secret => ({ ...sent(content(secret) + stop), pieces: [...(content(secret) + stop)] }),
  ],
  ['an error before content', secret => sent(event(`{"error":{"message":"bad key ${secret}"}}`))],
  [
    'an error behind content',
    secret => sent(content('x') + event(`{"error":{"message":"bad key ${secret}"}}`)),
  ],
  [
    'arguments',
    secret =>
      sent(
        event(
          `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"${secret}"}}]}}]}`,
        ) + stop,
      ),
  ],
  [
    'the input of a custom tool',
    secret =>
      sent(
        event(
          `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"type":"custom","custom":{"name":"f","input":"${secret}"}}]}}]}`,
        ) + stop,
      ),
  ],
]

function sent(body: string | Buffer): Extract<Reaction, { kind: 'pieces' }> {
  return { kind: 'pieces', headers: { 'content-type': 'text/event-stream' }, pieces: [body] }
}

/** Everything that reached the client, with common encodings decoded. */
async function received(response: Response): Promise<string> {
  const raw = `${JSON.stringify([...response.headers])}\n${await response.text()}`
  const undone = raw
    .replaceAll(/\\u00([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\/', '/')
  const decoded = [...undone.matchAll(/[A-Za-z0-9+/_-]{12,}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('latin1'),
  )
  return [raw, undone, ...decoded].join('\n')
}

/** In `test` each place has the key as it is and one more encoding, so that each encoding is in two places or more. */
const writingsAt = (slot: number) =>
  writings.filter(
    (_, writing) => isThorough || writing === 0 || writing === 1 + (slot % (writings.length - 1)),
  )

const placesWithWritings = places.map(([place, react], slot) => [place, react, writingsAt(slot)] as const)

for (const stream of [false, true]) {
  test.each(placesWithWritings)(
    `no key leaves by %s, however it is written, with stream ${stream}`,
    async (_, react, written) => {
      for (const [, write] of written) {
        for (const key of [called, other]) {
          fixture.vendor.respondWith(() => react(write(key)))
          const text = await received(await fixture.ask({ stream }))
          for (const secret of [called, other]) expect(text).not.toContain(secret.slice(3, -3))
        }
      }
    },
  )
}

/** Texts of a delta that clients concatenate, and where they find them. */
const streamedTexts: readonly (readonly [
  string,
  (text: string) => object,
  (delta: Delta) => string | undefined,
])[] = [
  [
    'content',
    text => ({ content: text }),
    delta => (typeof delta.content === 'string' ? delta.content : undefined),
  ],
  [
    'arguments',
    text => ({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
    delta => delta.tool_calls?.[0]?.function?.arguments,
  ],
  [
    'the input of a custom tool',
    text => ({ tool_calls: [{ index: 0, type: 'custom', custom: { input: text } }] }),
    delta => delta.tool_calls?.[0]?.custom?.input,
  ],
  [
    'arguments of the older form',
    text => ({ function_call: { arguments: text } }),
    delta => delta.function_call?.arguments,
  ],
  [
    'details of reasoning',
    text => ({ reasoning_details: [{ type: 'reasoning.text', index: 0, text }] }),
    delta => delta.reasoning_details?.[0]?.text,
  ],
  [
    'the transcript of a sound',
    text => ({ audio: { id: 'a', transcript: text } }),
    delta => delta.audio?.transcript,
  ],
  [
    'parts of content',
    text => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }),
    delta => (typeof delta.content === 'object' ? delta.content[0]?.thinking[0]?.text : undefined),
  ],
  [
    'two parts of each event',
    text => ({
      content: [text.slice(0, 1), text.slice(1)].map(half => ({
        type: 'thinking',
        thinking: [{ type: 'text', text: half }],
      })),
    }),
    delta =>
      typeof delta.content === 'object'
        ? delta.content.map(({ thinking }) => thinking[0]?.text).join('')
        : undefined,
  ],
  ['a field that is not known here', text => ({ thought: { said: text } }), delta => delta.thought?.said],
]

interface Delta {
  readonly content?: string | readonly { readonly thinking: readonly { readonly text: string }[] }[]
  readonly reasoning_details?: readonly { readonly text: string }[]
  readonly audio?: { readonly transcript: string }
  readonly thought?: { readonly said: string }
  readonly tool_calls?: readonly {
    readonly function?: { readonly arguments: string }
    readonly custom?: { readonly input: string }
  }[]
  readonly function_call?: { readonly arguments: string }
}

test.each(streamedTexts)(
  'a key that arrives character by character in %s is redacted, and its surroundings pass unchanged',
  async (_, deltaOf, textOf) => {
    for (const size of [1, 3, 7]) {
      const text = `before ${called} between gsk_Zq3x9 and sk-proj-0aBcDeF ${Buffer.from(`Bearer ${other}`).toString('base64')} after gsk_Zq3`
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
      const events = pieces.map(piece =>
        event(
          JSON.stringify({ choices: [{ index: 0, delta: deltaOf(piece), finish_reason: null }], id: 'e' }),
        ),
      )
      fixture.vendor.respondWith(() => sent(events.join('') + stop))
      const response = await fixture.ask({ stream: true })
      let said = ''
      for (const data of (await response.text()).split('\n\n').filter(Boolean)) {
        said += textOf(JSON.parse(data.slice(6)).choices[0].delta) ?? ''
      }
      expect(said).not.toContain(called.slice(8))
      expect(said).not.toContain(other.slice(8))
      expect(said).toMatch(
        /^before .{0,5}\[key\] between gsk_Zq3x9 and sk-proj-0aBcDeF .*\[key\].{0,3} after gsk_Zq3$/,
      )
      const whole = await (await fixture.ask()).text()
      expect(whole).not.toContain(called.slice(8))
      expect(whole).toContain('[key]')
    }
  },
)

test('a stream without a key passes byte for byte, immediately', async () => {
  const text = 'an ordinary answer, gsk_ and sk-proj- in it; then more of it \u0041 \\u0041 %41 &#65; ==\n'
  const events = [...text].map(letter => content(JSON.stringify(letter).slice(1, -1)))
  fixture.vendor.respondWith(() => ({
    ...sent(''),
    pieces: [...events, stop, ': bye\n\n', 'data: [DONE]\n\n'],
  }))
  expect(await (await fixture.ask({ stream: true })).text()).toBe(
    `${events.join('') + stop}: bye\n\ndata: [DONE]\n\n`,
  )
  fixture.vendor.respondWith(() => ({
    ...sent(''),
    pieces: [content('gsk_Zq3x9 is nothing yet.')],
    ending: 'hang',
  }))
  const client = new AbortController()
  const response = await fixture.ask({ stream: true }, { signal: client.signal })
  const part = await response.body?.getReader().read()
  expect(Buffer.from(part?.value ?? []).toString()).toBe(content('gsk_Zq3x9 is nothing yet.'))
  client.abort()
})

test('a content type other than JSON and events is not passed on', async () => {
  const body = choice({ message: { content: '<script>' } }, 'stop')
  for (const contentType of ['text/html', 'image/svg+xml', 'application/javascript', 'application/json']) {
    fixture.vendor.respondWith(() => ({
      kind: 'answer',
      httpStatus: 200,
      headers: { 'content-type': contentType },
      body,
    }))
    expect((await fixture.ask()).headers.get('content-type')).toBe('application/json')
    fixture.vendor.respondWith(() => ({
      kind: 'answer',
      httpStatus: 400,
      headers: { 'content-type': contentType },
      body: '<p>no</p>',
    }))
    const refused = await fixture.ask()
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'application/json'])
  }
})

test('reports of refusals to the API contain no key', async () => {
  await using own = await startFixture(api, {
    keys: { a: { vendor: 'groq' } },
    environment: { KEY_A: called },
  })
  const message = `Incorrect API key provided: ${Buffer.from(called).toString('base64')}`
  own.vendor.respondWith(() => ({
    ...{ kind: 'answer', httpStatus: 401, headers: { 'x-ratelimit-remaining': called } },
    body: { error: { message, code: 'invalid_api_key' } },
  }))
  const response = await own.ask()
  const { message: said } = await errorOf(response)
  expect(said).not.toContain(called)
  const { rows } = await api.client.usage.ledger.query({ providerName: own.nameOf('a') })
  expect(JSON.stringify(rows)).not.toContain(called)
})
