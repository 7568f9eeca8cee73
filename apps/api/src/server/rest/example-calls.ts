/** A call of a procedure, as an example. */
export interface ExampleCall {
  readonly procedure: string
  readonly input: Readonly<Record<string, unknown>>
}

const provider = { providerName: 'groq_1' }
const model = 'llama-3.1-8b-instant'
const days = { from: '2026-11-01', to: '2026-11-30' }
const reservationId = '0197a1c0-0000-7000-8000-000000000001'
const otherReservationId = '0197a1c0-0000-7000-8000-000000000002'
const counts = { inputTokenCount: 350, outputTokenCount: 200, characterCount: 2_100 }
const at = '2026-11-29T12:00:00.000Z'
const reason = {
  ...{ code: 'LIMIT_EXCEEDED', limitId: 'requests/day', retryAt: '2026-11-30T00:00:00.000Z' },
  ...{ metric: 'requests', window: 'day', units: 1, max: 1_000 },
}

/**
 * One call of each operation, in an order in which a server without providers answers all of them: the examples of the
 * OpenAPI document. `scripts/write-example-answers.mjs` records the answers.
 */
export const exampleCalls: readonly ExampleCall[] = [
  call('pools.upsert', {
    name: 'groq-org',
    limits: [
      { metric: 'requests', window: 'day', max: 1_000 },
      { metric: 'tokens', window: 'minute', max: 6_000 },
    ],
  }),
  call('providers.upsert', {
    ...{ name: 'groq_1', vendor: 'groq', pool: 'groq-org', models: ['llama-*'], priority: 10 },
    limits: [{ metric: 'tokens', window: 'day', max: 100_000, per: 'model' }],
  }),
  call('plans.upsert', { name: 'pro', limits: [{ metric: 'requests', window: 'month', max: 10_000 }] }),
  call('consumers.upsert', {
    ...{ name: 'acme', plan: 'pro' },
    limits: [{ metric: 'tokens', window: 'day', max: 50_000 }],
  }),
  call('quota.acquire', {
    ...{ id: reservationId, requestId: 'request-1', model, consumer: 'acme' },
    ...{ inputTokenCount: 350, outputTokenCount: 1_024, characterCount: 5_500 },
  }),
  call('quota.extend', { reservationId, ttlSeconds: 600 }),
  call('quota.commit', {
    ...{ reservationId, outcome: 'succeeded', ...counts },
    signals: { httpStatus: 200, headers: { 'x-ratelimit-remaining-requests': '998' } },
  }),
  call('quota.reserve', { ...provider, id: otherReservationId, model, inputTokenCount: 350 }),
  call('quota.release', { reservationId: otherReservationId }),
  call('usage.record', { ...provider, model, requestCount: 800, inputTokenCount: 1_200 }),
  call('quota.grant', {
    ...{ subject: { kind: 'consumer', name: 'acme' }, limitId: 'tokens/day', amount: 10_000 },
    until: '2099-12-31T00:00:00.000Z',
  }),
  call('quota.remaining', { ...provider, model }),
  call('quota.isAvailable', { ...provider, model }),
  call('quota.explain', { model, inputTokenCount: 350, outputTokenCount: 1_024 }),
  call('routing.settings', {}),
  call('routing.explain', {
    ...{ model: 'fast', inputTokenCount: 350, outputTokenCount: 1_024 },
    proposed: { strategy: 'priority', aliases: { fast: ['groq/llama-3.1-8b-instant'] } },
  }),
  call('routing.update', {
    ...{ expectedRevision: 'none-8c2bc56d1528e06e', strategy: 'priority', maxWaitMs: 5_000 },
    ...{ aliases: { fast: ['groq/llama-3.1-8b-instant'] }, priorities: { groq_1: 5 } },
  }),
  call('usage.history', { ...provider, ...days }),
  call('usage.summary', { ...days, groupBy: ['provider', 'model'] }),
  call('usage.ledger', { consumer: 'acme', state: 'committed', pageSize: 10 }),
  call('usage.export', { what: 'summary', ...days, groupBy: ['day'] }),
  call('stats.all', {}),
  call('stats.get', provider),
  call('stats.models', { ...provider, pageSize: 10 }),
  call('requests.report', {
    traces: [
      {
        ...{ requestId: 'request-1', at, model, outcome: 'answered', httpStatus: 200, code: '' },
        ...{ providerName: 'groq_1', consumer: 'acme', strategy: 'most-remaining', isStream: false },
        ...{ waitedMs: 0, durationMs: 840 },
        attempts: [{ providerName: 'groq_1', model, httpStatus: 200, ending: 'answered' }],
        skipped: [{ providerName: 'groq_2', model, reasons: [reason] }],
      },
    ],
  }),
  call('requests.list', { outcome: 'answered', pageSize: 10 }),
  call('requests.get', { requestId: 'request-1' }),
  call('performance.report', {
    ...{ reporter: '0197a1c0-0000-7000-8000-000000000003', number: 1 },
    calls: [
      {
        ...{ hourStart: '2026-11-29T12:00:00.000Z', providerName: 'groq_1', model, consumer: 'acme' },
        ...{ isOther: false, answeredCount: 3, refusedCount: 1, failedCount: 0, abortedCount: 0 },
        turnedAwayCount: 0,
        durations: [...Array<number>(26).fill(0), 2, 1],
        firstTokens: [...Array<number>(15).fill(0), 3],
      },
    ],
  }),
  call('performance.get', { by: 'provider', period: '7d' }),
  call('signals.observe', {
    ...{ ...provider, model, httpStatus: 429, headers: { 'retry-after': '30' } },
    body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } },
  }),
  call('alerts.list', { severity: 'warning', pageSize: 10 }),
  call('alerts.test', {}),
  call('keys.offer', {
    gateway: 'gateway-1:4100',
    publicKeys: [
      {
        id: '982d0dfe762a03f5',
        publicKey: 'BLxwZoI2fRVwm64PKi8SQ19UqjG2dw5ZB6_nnnK-ObIHWlk2cdsQpPNurixiaKiu1YnUpkyxLMDdoHjtSbpprWc',
      },
    ],
  }),
  call('keys.entered', {}),
  call('keys.enter', {
    ...{ ...provider, keyPairId: '982d0dfe762a03f5', anyway: false },
    ciphertext:
      'BG8kenhXTJlORcQC9RvxV2rAYfQvrdHBBSYk8neCUs9zHdV4gRO0c4DXAixuSR4NM19ToAuFeiWzetkb3opDvat7fLBXTg3dEeQjn8wSAZ-QcF7KiZur4Y4tU0gC0tzzUeLDlez3w7NW0b8',
  }),
  call('keys.check', provider),
  call('gateway.get', {}),
  call('gateway.models', {}),
  call('gateway.chat', { model: 'groq_1/llama-3.1-8b-instant', prompt: 'Say hello.', maxOutputTokens: 64 }),
  call('keys.sealed', { revision: 'none' }),
  call('keys.report', {
    gateway: 'gateway-1:4100',
    keys: [
      {
        ...{ ...provider, variable: null, fingerprint: '1c7e90aa541c7e90aa541c7e90aa541c', reason: null },
        ...{ isNew: true, check: { result: 'ok', httpStatus: 200, checkedAt: at } },
      },
    ],
  }),
  call('keys.list', {}),
  call('keys.remove', provider),
  call('routing.get', {}),
  call('tokens.create', {
    ...{ name: 'web-1', consumer: 'acme', scopes: ['call', 'read'], expiresAt: '2099-12-31T00:00:00.000Z' },
    sha256: '5a90063288c04e4df59164f25bacb191f42f8f7e11b127030cb01fffd22af956',
  }),
  call('tokens.list', { consumer: 'acme' }),
  call('tokens.verify', { sha256: '5a90063288c04e4df59164f25bacb191f42f8f7e11b127030cb01fffd22af956' }),
  call('tokens.revoke', { name: 'web-1' }),
  call('providers.list', { pageSize: 10 }),
  call('providers.get', { name: 'groq_1' }),
  call('providers.setEnabled', { name: 'groq_1', enabled: false }),
  call('providers.retry', { name: 'groq_1' }),
  call('pools.list', { pageSize: 10 }),
  call('consumers.list', { plan: 'pro' }),
  call('consumers.get', { name: 'acme' }),
  call('consumers.forCalls', { name: 'acme' }),
  call('consumers.stats', { name: 'acme' }),
  call('consumers.allStats', { plan: 'pro' }),
  call('consumers.setEnabled', { name: 'acme', enabled: true }),
  call('consumers.reset', { name: 'acme' }),
  call('plans.list', { pageSize: 10 }),
  call('usage.reset', provider),
  call('audit.list', { subject: { kind: 'token', name: 'web-1' } }),
  call('system.health', {}),
  call('system.check', {}),
  call('system.fix', {}),
  call('system.examine', provider),
  call('consumers.remove', { name: 'acme' }),
  call('plans.remove', { name: 'pro' }),
  call('providers.remove', { name: 'groq_1' }),
  call('pools.remove', { name: 'groq-org' }),
]

function call(procedure: string, input: ExampleCall['input']): ExampleCall {
  return { procedure, input }
}
