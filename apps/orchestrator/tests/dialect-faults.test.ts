import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, type FixtureKey, startFixture } from './fixture.js'
import { dialectExchanges } from './recorded-dialects.js'
import type { RecordedExchange } from './recorded-exchange.js'
import { events } from './recorded-forms.js'
import { type RecordedVendor, type Respond, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const answer =
  ({ contentType, answer: body }: RecordedExchange): Respond =>
  (_, response) => {
    response.setHeader('content-type', contentType).end(body)
  }

function ask({ origin, model }: Fixture, { endpoint, request }: RecordedExchange): Promise<Response> {
  return fetch(`${origin}/v1/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request(model)),
  })
}

function expectRead({ read, answer: body, essenceOf }: RecordedExchange, received: string): void {
  expect(essenceOf?.(received) ?? received).toBe(read ?? body.toString())
}

const dayIsSpent = {
  message:
    'Rate limit reached for model `m` on tokens per day (TPD): Limit 100000, Used 100500, Requested 500. Please try again in 14m24s',
  code: 'rate_limit_exceeded',
}

/** What a vendor's dialect tells of an error in a stream. */
const errorEvents: Readonly<Record<string, string>> = {
  'chat/completions': `data: ${JSON.stringify({ error: dayIsSpent })}\n\n`,
  messages: `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', ...dayIsSpent } })}\n\n`,
  responses: `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', sequence_number: 1, response: { id: 'r', status: 'failed', error: dayIsSpent } })}\n\n`,
}

describe.each(dialectExchanges.map(exchange => [exchange.endpoint, exchange.form, exchange] as const))(
  '%s, %s',
  (_, __, exchange) => {
    const { vendorEndpoint = exchange.endpoint, contentType } = exchange
    const errorEvent = errorEvents[vendorEndpoint] ?? ''
    const sent = exchange.answer.toString()
    let vendor: RecordedVendor
    let fixture: Fixture
    beforeAll(async () => {
      vendor = await startRecordedVendor(answer(exchange))
      const key: FixtureKey = { baseUrl: vendor.baseUrl, endpoints: [vendorEndpoint] }
      const keys = Object.fromEntries(Array.from({ length: 6 }, (_unused, place) => [`k${place}`, key]))
      fixture = await startFixture(api, { keys })
    })
    afterAll(async () => {
      await fixture[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    })

    test('an answer that is compressed though nobody has asked for it is read', async () => {
      vendor.next.push((_call, response) => {
        response.writeHead(200, { 'content-type': contentType, 'content-encoding': 'gzip' })
        response.end(gzipSync(sent))
      })
      expectRead(exchange, await (await ask(fixture, exchange)).text())
    })

    test('an answer behind a byte order mark, or with a wrong type, is read', async () => {
      vendor.next.push((_call, response) => {
        response.setHeader('content-type', 'text/plain').end(`\ufeff${sent}`)
      })
      expectRead(exchange, await (await ask(fixture, exchange)).text())
    })

    test('the answer of a whole call in place of a stream, and the other way round, is written as asked for', async () => {
      const other = dialectExchanges.find(
        ({ endpoint, vendorEndpoint: at, contentType: type }) =>
          endpoint === exchange.endpoint && at === exchange.vendorEndpoint && type !== contentType,
      )
      if (other === undefined) throw new Error('each way is recorded whole and streamed')
      vendor.next.push(answer(other))
      const response = await ask(fixture, exchange)
      expect(response.headers.get('content-type')).toContain(contentType)
      const text = await response.text()
      const { essenceOf = essence, read = essence(sent) } = exchange
      expect(essenceOf(text)).toBe(read)
    })

    if (contentType !== events) return

    test('an error in place of the first event is followed by the next key', async () => {
      const calls = vendor.calls.length
      vendor.next.push((_call, response) => {
        response.setHeader('content-type', events).end(errorEvent)
      })
      expectRead(exchange, await (await ask(fixture, exchange)).text())
      expect(vendor.calls.length - calls).toBe(2)
    })

    test('an error in the middle of a stream ends it in the client’s dialect', async () => {
      const middle = sent.indexOf('lo"')
      const begun = sent.slice(0, sent.lastIndexOf('\n\n', middle) + 2)
      vendor.next.push((_call, response) => {
        response.setHeader('content-type', events).end(begun + errorEvent)
      })
      const response = await ask(fixture, exchange)
      expect(response.status).toBe(200)
      const frames = (await response.text()).trimEnd().split(/\n\n+/)
      const last = frames.at(-1) ?? ''
      expect(last).toContain('tokens per day')
      expect(last).toMatch(lastEvents[exchange.endpoint] ?? /^$/)
    })
  },
)

/** By what a client of each dialect learns of it. */
const lastEvents: Readonly<Record<string, RegExp>> = {
  'chat/completions': /^data: \{"error":\{/,
  messages: /^event: error\ndata: \{"type":"error","error":\{/,
  responses: /^event: response\.failed\ndata: \{"type":"response\.failed"/,
}

/** The text of an answer and by what it ended. */
function essence(body: string): string {
  const { essenceOf } = dialectExchanges.find(({ essenceOf: given }) => given !== undefined) ?? {}
  return essenceOf?.(body) ?? body
}
