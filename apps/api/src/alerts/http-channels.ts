import { Webhook } from 'standardwebhooks'
import { alertRow } from '../router/alert-row.js'
import { type AlertChannel, type AlertMessage, sendTimeoutMs } from './channel.js'
import { slackText } from './plain-text.js'

/** Most messages a minute, for people and for programs. */
const maxOfPeople = 20
const maxOfPrograms = 600

/** A webhook that accepts `{ "text": … }`, as in Slack, Mattermost, Rocket.Chat and others. */
export function slackChannel(name: string, url: string): AlertChannel {
  return {
    name,
    consumers: null,
    maxPerMinute: maxOfPeople,
    // No previews of links within names.
    send: ({ text }) => {
      const message = { text: slackText(text), unfurl_links: false, unfurl_media: false }
      return post(url, JSON.stringify(message), {})
    },
    close: () => {},
  }
}

/**
 * A webhook in the format of Standard Webhooks: `{ type, timestamp, data }`, signed if there is a secret.
 * @param secret `whsec_…`, or null
 */
export function webhookChannel(name: string, url: string, secret: string | null): AlertChannel {
  const signer = secret === null ? null : new Webhook(secret)
  return {
    name,
    consumers: null,
    maxPerMinute: maxOfPrograms,
    send: message => {
      const now = new Date()
      const body = JSON.stringify(eventOf(message, now))
      const seconds = Math.floor(now.getTime() / 1_000)
      const headers = {
        'webhook-id': message.id,
        'webhook-timestamp': String(seconds),
        ...(signer !== null && { 'webhook-signature': signer.sign(message.id, now, body) }),
      }
      return post(url, body, headers)
    },
    close: () => {},
  }
}

const eventTypes = {
  threshold: 'quota.threshold',
  drift: 'quota.drift',
  billing: 'key.refused',
  bad_credential: 'key.refused',
  implausible_count: 'count.implausible',
} as const

function eventOf({ alert, text, heldBackCount }: AlertMessage, now: Date): object {
  const timestamp = now.toISOString()
  if (heldBackCount > 0) return { type: 'quota.held_back', timestamp, data: { text, count: heldBackCount } }
  if (alert === null) return { type: 'quota.test', timestamp, data: { text } }
  return { type: eventTypes[alert.kind], timestamp, data: alertRow(alert) }
}

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'quotakeeper', ...headers },
    body,
    // Sends only to the configured address: redirects are not followed.
    redirect: 'error',
    signal: AbortSignal.timeout(sendTimeoutMs),
  }).catch((cause: unknown) => {
    // The driver's message may contain the address, which is a secret for Slack.
    throw new Error(
      cause instanceof Error && cause.name === 'TimeoutError' ? 'no answer in time' : 'not reached',
    )
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`answered HTTP ${response.status}`)
}
