import { createServer } from 'node:http'
import { AlertOutbox, type Database, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AlertChannel } from '../src/alerts/channel.js'
import { ChannelPace } from '../src/alerts/channel-pace.js'
import { channelsOfConfig } from '../src/alerts/channels-of-config.js'
import { deliverAlerts } from '../src/alerts/deliver-alerts.js'
import { emailChannel } from '../src/alerts/email-channel.js'
import { slackChannel, webhookChannel } from '../src/alerts/http-channels.js'
import { testDelivery } from '../src/alerts/test-delivery.js'
import { configSchema } from '../src/config/config-schema.js'

interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An HTTP server that answers the given statuses first and then accepts everything. */
async function startReceiver(statuses: number[] = []) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', part => {
      body += part
    })
    request.on('end', () => {
      const status = statuses.shift() ?? 204
      // Node.js joins repeated headers; none of these is repeated.
      if (status === 204) received.push({ headers: request.headers as Received['headers'], body })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const log = { warn: () => {}, error: () => {} }
const secret = `whsec_${Buffer.from('a secret of the tests').toString('base64')}`

let created: Awaited<ReturnType<typeof createApiDatabase>>
let database: Database
let tracker: QuotaTracker
let store: PostgresQuotaStore

beforeEach(async () => {
  created = await createApiDatabase()
  database = await openDatabase(created.url)
  store = new PostgresQuotaStore({ database })
  tracker = new QuotaTracker({ store })
})

afterEach(async () => {
  await store.close()
  await database.close()
  await created.drop()
})

let made = 0

/** A provider that has crossed 80 %. */
async function crossed(characterCount = 80): Promise<string> {
  const name = `delivered_${++made}`
  const limits = [{ metric: 'characters', window: 'day', max: 100 }] as const
  await tracker.upsertProvider({ name, vendor: 'custom', limits })
  await tracker.recordUsage(name, { characterCount })
  return name
}

describe('alerts', () => {
  it('of a consumer and of those below it reach its own receivers, and no others do', async () => {
    await using own = await startReceiver()
    await using others = await startReceiver()
    const [team, web, other] = ['team', 'web', 'other'].map(name => `${name}_${++made}`) as [
      string,
      string,
      string,
    ]
    const send = (urlEnv: string) => ({ send: [{ webhook: { urlEnv } }] })
    const config = configSchema.parse({
      consumers: [
        { name: team, alerts: send('OWN') },
        { name: web, parent: team },
        { name: other, alerts: send('OTHERS') },
      ],
    })
    const channels = channelsOfConfig(config, { environment: { OWN: own.url, OTHERS: others.url }, log })
    const delivery = deliverAlerts({ outbox: new AlertOutbox(database), channels, log, everyMs: 20 })
    const limits = [{ metric: 'characters', window: 'day', max: 100 }] as const
    await tracker.consumers.upsert({ name: team, limits })
    await tracker.consumers.upsert({ name: web, parent: team, limits })
    await tracker.consumers.upsert({ name: other })
    const name = await crossed(85)
    await tracker.recordUsage(name, { characterCount: 85, consumer: web })
    await tracker.recordUsage(name, { characterCount: 85, consumer: other })
    const subjects = () => own.received.map(({ body }) => JSON.parse(body).data.subject.name)
    await expect.poll(() => subjects().toSorted()).toEqual([team, web].toSorted())
    delivery.wake()
    await delivery.stop()
    expect(subjects()).toHaveLength(2)
    expect(others.received).toEqual([])
  })

  it('reach webhooks signed by the standard, Slack as text, and people by e-mail', async () => {
    await using hook = await startReceiver()
    await using slack = await startReceiver()
    const mails: string[] = []
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let text = ''
        stream.on('data', part => {
          text += part
        })
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    await new Promise<void>(resolve => smtp.listen(0, '127.0.0.1', resolve))
    const address = smtp.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const channels: readonly AlertChannel[] = [
      webhookChannel('webhook:a', hook.url, secret),
      slackChannel('slack:a', slack.url),
      emailChannel('email:a', `smtp://127.0.0.1:${port}?from=quota@example.com`, ['ops@example.com']),
    ]
    const outbox = new AlertOutbox(database)
    const delivery = deliverAlerts({ outbox, channels, log, everyMs: 20 })
    const name = await crossed(100)
    const { rows } = await store.read({
      ...{ type: 'alerts', subjectKind: null, subjectName: null, severity: null, cursor: null, pageSize: 5 },
    })
    const states = () => outbox.states(rows.map(({ id }) => id))
    // The call has crossed three thresholds: the list has each, a receiver gets the highest.
    await expect
      .poll(async () => (await states()).map(({ state }) => state))
      .toEqual(Array(9).fill('delivered'))
    await delivery.stop()
    expect([hook.received.length, slack.received.length, mails.length]).toEqual([1, 1, 1])
    await new Promise<void>(resolve => smtp.close(() => resolve()))
    const [first] = hook.received
    const event = new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {})
    const subject = { kind: 'provider', name }
    expect(event).toMatchObject({ type: 'quota.threshold', data: { subject, thresholdPercent: 100 } })
    const texts = slack.received.map(({ body }) => JSON.parse(body).text)
    expect(texts.filter(text => text.includes('QUOTA EXCEEDED') && text.includes('100%'))).toHaveLength(1)
    expect(mails.every(mail => mail.includes('To: ops@example.com') && mail.includes(name))).toBe(true)
  })

  it('are delivered once by two replicas, for each of many crossings', async () => {
    await using hook = await startReceiver()
    const replicas = await Promise.all(
      [1, 2].map(async () => {
        const own = await openDatabase(created.url)
        const channels = [webhookChannel('webhook:twice', hook.url, null)]
        const delivery = deliverAlerts({ outbox: new AlertOutbox(own), channels, log, everyMs: 5 })
        return { delivery, own }
      }),
    )
    const before = hook.received.length
    const names: string[] = []
    for (let index = 0; index < 200; index++) names.push(await crossed())
    const about = (name: string) => hook.received.filter(({ body }) => body.includes(`"${name}"`)).length
    await expect.poll(() => names.every(name => about(name) > 0)).toBe(true)
    for (const { delivery, own } of replicas) {
      await delivery.stop()
      await own.close()
    }
    expect(names.map(about)).toEqual(names.map(() => 1))
    expect(hook.received.length).toBeGreaterThanOrEqual(before + 200)
  })

  it('beyond the limit a minute are held back and counted in one summary, and none is sent twice', async () => {
    await using hook = await startReceiver()
    const clock = { ms: 0 }
    const channel = { ...webhookChannel('webhook:pace', hook.url, null), maxPerMinute: 2 }
    const outbox = new AlertOutbox(database)
    const pace = new ChannelPace(() => clock.ms)
    const delivery = deliverAlerts({ outbox, channels: [channel], log, pace, everyMs: 5 })
    for (let index = 0; index < 5; index++) await crossed()
    const { rows } = await store.read({
      type: 'alerts',
      subjectKind: null,
      subjectName: null,
      severity: null,
      cursor: null,
      pageSize: 5,
    })
    const ids = rows.map(({ id }) => id)
    const states = async () => (await outbox.states(ids)).filter(({ state }) => state === 'delivered').length
    await expect.poll(states).toBe(5)
    expect(hook.received).toHaveLength(2)
    clock.ms = 60_000
    await expect.poll(() => hook.received.length).toBe(3)
    expect(JSON.parse(hook.received[2]?.body ?? '')).toMatchObject({
      type: 'quota.held_back',
      data: { count: 3, text: expect.stringContaining('3 more alerts') },
    })
    // The next minute starts a new count.
    await crossed()
    await expect.poll(() => hook.received.length).toBe(4)
    await delivery.stop()
    expect(hook.received).toHaveLength(4)
  })

  it('report a key refused by its vendor, with the remedy', async () => {
    await using hook = await startReceiver()
    const channels = [webhookChannel('webhook:refused', hook.url, null)]
    const delivery = deliverAlerts({ outbox: new AlertOutbox(database), channels, log, everyMs: 20 })
    const service = new QuotaService({ store })
    const name = `refused_${++made}`
    await tracker.upsertProvider({ name, vendor: 'groq', limits: [] })
    const refusal = { scope: 'provider', model: '', kind: 'bad_credential', untilMs: null } as const
    const seen = { providerName: name, model: '', facts: [], refusal, succeeded: false }
    await service.observe(null, seen)
    await service.observe(null, seen)
    await expect.poll(() => hook.received.length).toBe(1)
    await delivery.stop()
    const event = JSON.parse(hook.received[0]?.body ?? '')
    expect(event).toMatchObject({
      type: 'key.refused',
      data: { kind: 'bad_credential', severity: 'error', limitId: null },
    })
    expect(event.data.text).toBe(
      `KEY REFUSED: provider ${name}: the vendor refuses calls for lack of a valid key. Enter one, then retry it: on its page, or by "qk providers retry ${name}"`,
    )
  })

  it('go to the receivers of a changed configuration from then on', async () => {
    await using former = await startReceiver()
    await using next = await startReceiver()
    const channelTo = ({ url }: { readonly url: string }) => webhookChannel(`webhook:${url}`, url, null)
    const delivery = deliverAlerts({ outbox: new AlertOutbox(database), channels: [], log, everyMs: 20 })
    await delivery.replace([channelTo(former)])
    await crossed()
    await expect.poll(() => former.received.length).toBe(1)
    await delivery.replace([channelTo(next)])
    const name = await crossed()
    await expect
      .poll(() => next.received.map(({ body }) => JSON.parse(body).data.subject.name))
      .toContain(name)
    await delivery.stop()
    expect(former.received).toHaveLength(1)
  })

  it('are retried with the same id while a receiver fails, without delaying others', async () => {
    await using failing = await startReceiver([500, 503])
    await using well = await startReceiver()
    const outbox = new AlertOutbox(database)
    const name = await crossed()
    const channels = [
      webhookChannel('webhook:failing', failing.url, null),
      webhookChannel('webhook:well', well.url, null),
    ]
    const delivery = deliverAlerts({ outbox, channels, log, everyMs: 10, pauseMs: 10 })
    const about = ({ received }: { received: readonly Received[] }) =>
      received.filter(({ body }) => body.includes(`"${name}"`))
    await expect.poll(() => [about(failing).length, about(well).length]).toEqual([1, 1])
    await delivery.stop()
    const { rows } = await store.read({
      type: 'alerts',
      subjectKind: 'provider',
      subjectName: name,
      severity: null,
      cursor: null,
      pageSize: 1,
    })
    const id = rows[0]?.id ?? ''
    expect(about(failing)[0]?.headers['webhook-id']).toBe(`alert_${id}`)
    const states = (await outbox.states([id])).filter(({ channel }) => channel.startsWith('webhook:'))
    const ofChannel = (wanted: string) => states.find(({ channel }) => channel === wanted)
    expect(ofChannel('webhook:failing')).toMatchObject({ state: 'delivered', lastError: '' })
    expect(ofChannel('webhook:failing')?.attempts).toBeGreaterThanOrEqual(2)
    expect(ofChannel('webhook:well')).toMatchObject({ state: 'delivered', attempts: 1 })
  })

  it('are dead after twelve attempts, with the error', async () => {
    const outbox = new AlertOutbox(database)
    await crossed()
    const channel = 'slack:dead'
    let last: Awaited<ReturnType<AlertOutbox['claim']>>[number] | undefined
    // Instants are stored in whole milliseconds, so that a delivery may become due half a millisecond later.
    while ((last?.attempts ?? 0) < 12) {
      const claimed = await outbox.claim([{ name: channel, consumers: null }])
      for (const delivery of claimed) await outbox.failed(delivery, 'answered HTTP 410', 0)
      last = claimed.at(-1) ?? last
    }
    expect(await outbox.claim([{ name: channel, consumers: null }])).toEqual([])
    const states = await outbox.states([last?.alert.id ?? ''])
    expect(states.find(state => state.channel === channel)).toMatchObject({
      state: 'dead',
      attempts: 12,
      lastError: 'answered HTTP 410',
    })
  })

  it('claimed by a killed process can be claimed again after their stored time', async () => {
    const outbox = new AlertOutbox(database)
    await crossed()
    const channel = 'slack:claimed'
    expect((await outbox.claim([{ name: channel, consumers: null }])).length).toBeGreaterThan(0)
    expect(await outbox.claim([{ name: channel, consumers: null }])).toEqual([])
    await database.withSession(session =>
      session.run([
        {
          name: '',
          text: "update alert_delivery set next_at = next_at - interval '61 seconds' where channel = $1",
          values: [channel],
        },
      ]),
    )
    expect((await outbox.claim([{ name: channel, consumers: null }])).length).toBeGreaterThan(0)
  })

  it('can be tested, and errors do not contain the address', async () => {
    await using well = await startReceiver()
    await using failing = await startReceiver([404])
    expect(await testDelivery(slackChannel('slack:x', well.url))).toEqual({
      channel: 'slack:x',
      ok: true,
      error: null,
    })
    expect((await testDelivery(slackChannel('slack:y', failing.url))).error).toBe('answered HTTP 404')
    const lost = await testDelivery(slackChannel('slack:z', 'http://127.0.0.1:9/T000/secret'))
    expect(lost).toMatchObject({ ok: false, error: 'not reached' })
  })

  it('skip receivers whose variable is not set or not a URL, and the log names it', () => {
    const errors: string[] = []
    const send = [
      { slack: { urlEnv: 'SLACK' } },
      { webhook: { urlEnv: 'HOOK', secretEnv: 'SECRET' } },
      { email: { smtpUrlEnv: 'SMTP', to: ['a@example.com'] } },
    ]
    const channels = channelsOfConfig(
      { alerts: { send } },
      {
        environment: {
          SLACK: 'https://hooks.example.com/x',
          HOOK: 'https://x.example.com',
          SMTP: 'nonsense',
        },
        log: { warn: () => {}, error: (_, text) => void errors.push(text) },
      },
    )
    expect(channels.map(({ name }) => name)).toEqual(['slack:SLACK'])
    expect(errors).toEqual([
      expect.stringContaining('SECRET is not set'),
      expect.stringContaining('SMTP is not a URL'),
    ])
  })
})
