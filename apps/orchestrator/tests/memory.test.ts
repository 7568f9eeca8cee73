import { isThorough, startVendorStandIn, type VendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from './test-api.js'
import { startGateway, type TestGateway } from './test-gateway.js'

const bodyBytes = 30 * 1_024 * 1_024

let vendor: VendorStandIn
let api: TestApi
let gateway: TestGateway
beforeAll(async () => {
  vendor = await startVendorStandIn({ respond: () => ({ kind: 'complete', delayMs: 200 }) })
  const provider = `{ name: only, vendor: custom, baseUrl: "${vendor.baseUrl}", apiKeyEnv: KEY }`
  api = await startTestApi({ config: `providers:\n  - ${provider}\n` })
  gateway = await startGateway({
    QUOTA_API_URL: api.origin,
    KEY: 'a-key',
    NODE_OPTIONS: '--max-old-space-size=384',
  })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
  await vendor.close()
})

interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

async function send(body: Buffer | ReadableStream): Promise<Answer> {
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit)
  const text = await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text }
}

function bodyOf(filler: string, more: object = {}): Buffer {
  const content = filler.repeat(Math.floor((bodyBytes - 200) / Buffer.byteLength(filler)))
  return Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...more }))
}

/** The same body without a declared length. */
function inPieces(body: Buffer): ReadableStream {
  let at = 0
  return new ReadableStream({
    pull: controller => {
      controller.enqueue(body.subarray(at, at + 1_048_576))
      at += 1_048_576
      if (at >= body.length) controller.close()
    },
  })
}

const small = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello.' }] }))

type Bodies = readonly [string, () => () => Buffer | ReadableStream]

const bodies: readonly Bodies[] = [
  [
    'of wide letters that are to be streamed, without a length',
    () => {
      const body = bodyOf('xxxxxxxx😀', { stream: true })
      return () => inPieces(body)
    },
  ],
  [
    'of text',
    () => {
      const body = bodyOf('x')
      return () => body
    },
  ],
  [
    'of wide letters',
    () => {
      const body = bodyOf('xxxxxxxx😀')
      return () => body
    },
  ],
  [
    'of text that is to be streamed, without a length',
    () => {
      const body = bodyOf('x', { stream: true })
      return () => inPieces(body)
    },
  ],
]

test.runIf(isThorough).each(bodies)(
  'sixteen bodies of 30 MB %s at once end in answers and in 503, and small calls get through meanwhile',
  async (_, make) => {
    const body = make()
    let isOver = false
    const large = Promise.all(Array.from({ length: 16 }, () => send(body()))).finally(() => {
      isOver = true
    })
    const meanwhile: number[] = []
    while (!isOver) meanwhile.push((await send(small)).status)
    const answers = await large
    expect(new Set(meanwhile)).toEqual(new Set([200]))
    const statuses = answers.map(({ status }) => status)
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([])
    expect(statuses).toContain(200)
    for (const { retryAfter, text } of answers.filter(({ status }) => status === 503)) {
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1)
      expect(JSON.parse(text).error.code).toBe('overloaded')
    }
    // Everything was returned: a single one has room again.
    expect((await send(body())).status).toBe(200)
  },
)

test('a body whose values would fill the memory is refused before it is parsed', async () => {
  const numbers = Buffer.from(`{"model":"m","messages":[${'{},'.repeat(bodyBytes / 3 - 50)}{}]}`)
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(numbers)))
  for (const { status, text } of answers) {
    expect([413, 503]).toContain(status)
    expect(text).toContain('QUOTA_GATEWAY_MEMORY_BYTES')
  }
  expect((await send(small)).status).toBe(200)
})
