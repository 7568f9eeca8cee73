import { randomUUID } from 'node:crypto'
import type { AlertOutbox, ClaimedDelivery } from '@quotakeeper/db'
import type { StoredAlert } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'
import { alertText } from './alert-text.js'
import type { AlertChannel } from './channel.js'
import { ChannelPace, type HeldBack } from './channel-pace.js'

const pollMs = 2_000
const firstPauseMs = 5_000
const longestPauseMs = 3_600_000

/** Options of delivery. */
export interface DeliveryOptions {
  readonly outbox: Pick<AlertOutbox, 'claim' | 'delivered' | 'failed'>
  readonly channels: readonly AlertChannel[]
  readonly log: Log
  /** Called after each attempt, with the kind of channel: `webhook`, `slack`, `email`. */
  readonly onTried?: (kind: string, outcome: 'delivered' | 'failed') => void
  /** Polling interval for alerts of other replicas; 2,000 unless given. */
  readonly everyMs?: number
  /** Rate limit of receivers; a new one unless given. */
  readonly pace?: ChannelPace
  /** Delay before the second attempt; 5,000 unless given. Doubles up to an hour. */
  readonly pauseMs?: number
}

/** A running delivery. */
export interface Delivery {
  /** The channels in use. */
  readonly channels: readonly AlertChannel[]
  /** Checks now, since this process raised an alert. */
  wake(): void
  /** Delivers by these channels from now on. Finishes running sends, then closes the former channels. */
  replace(channels: readonly AlertChannel[]): Promise<void>
  /** Finishes running sends, then stops. */
  stop(): Promise<void>
}

/**
 * Delivers alerts to receivers until stopped: those of this process at once, those of others within two seconds; the
 * process that claims an alert sends it. Failed deliveries are retried with growing delays for some hours, then marked
 * as dead and logged.
 */
export function deliverAlerts(given: DeliveryOptions): Delivery {
  const { everyMs = pollMs, pace = new ChannelPace() } = given
  let options = { ...given, pace }
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> | null = null
  let isAskedAgain = false
  const begin = (): void => {
    if (isStopped || options.channels.length === 0) return
    if (turn !== null) {
      isAskedAgain = true
      return
    }
    clearTimeout(timer)
    turn = takeTurn(options).finally(() => {
      turn = null
      if (isStopped) return
      timer = setTimeout(begin, isAskedAgain ? 0 : everyMs)
      timer.unref()
      isAskedAgain = false
    })
  }
  begin()
  return {
    get channels() {
      return options.channels
    },
    wake: begin,
    replace: async channels => {
      const former = options.channels
      options = { ...options, channels }
      await turn
      for (const channel of former) channel.close()
      begin()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await turn
      await reportHeldBack(options, pace.takeHeldBack(true))
      for (const channel of options.channels) channel.close()
    },
  }
}

type Pacing = DeliveryOptions & { readonly pace: ChannelPace }

/** Never rejects. */
async function takeTurn(options: Pacing): Promise<void> {
  const { outbox, channels, log, pace } = options
  const byName = new Map(channels.map(channel => [channel.name, channel]))
  await reportHeldBack(options, pace.takeHeldBack())
  try {
    const claimed = await outbox.claim(channels)
    await Promise.all(
      claimed.map(delivery =>
        isExceeded(delivery, claimed)
          ? outbox.delivered(delivery)
          : deliver(options, byName.get(delivery.channel), delivery),
      ),
    )
  } catch (error) {
    log.warn({ err: error }, 'reading new alerts failed; trying again')
  }
}

/**
 * Whether a higher threshold of the same limit and window is sent to the same receiver now: one call may cross several,
 * and one message of the highest says it all.
 */
function isExceeded({ channel, alert }: ClaimedDelivery, claimed: readonly ClaimedDelivery[]): boolean {
  return claimed.some(
    other =>
      other.channel === channel &&
      other.alert.thresholdPercent > alert.thresholdPercent &&
      windowKey(other.alert) === windowKey(alert),
  )
}

/** What one usage counts against. */
function windowKey({ kind, subject, limitId, model, windowStartMs, limitVersion }: StoredAlert): string {
  return JSON.stringify([kind, subject.kind, subject.name, limitId, model, windowStartMs, limitVersion])
}

/** Sends a receiver the number of held-back alerts. Never rejects: they are in the list of alerts anyway. */
async function reportHeldBack({ channels, log }: DeliveryOptions, held: readonly HeldBack[]): Promise<void> {
  for (const { channel, count } of held) {
    const text = `${count} more alerts were raised within a minute and held back here: the page and "qk alerts list" show them`
    log.warn({ channel, count }, 'alerts were held back from a receiver')
    const id = `held_${randomUUID()}`
    try {
      await channels
        .find(({ name }) => name === channel)
        ?.send({ id, text, alert: null, heldBackCount: count })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ channel, count, reason }, 'the summary of held-back alerts was not delivered')
    }
  }
}

async function deliver(
  { outbox, log, onTried, pace, pauseMs = firstPauseMs }: Pacing,
  channel: AlertChannel | undefined,
  delivery: ClaimedDelivery,
): Promise<void> {
  const { alert, attempts } = delivery
  const kind = delivery.channel.split(':', 1)[0] ?? ''
  try {
    // A held-back alert is done; a retry was admitted before.
    const isSent = channel === undefined || attempts > 1 || pace.admit(channel.name, channel.maxPerMinute)
    if (isSent)
      await channel?.send({ id: `alert_${alert.id}`, text: alertText(alert), alert, heldBackCount: 0 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    onTried?.(kind, 'failed')
    log.warn({ channel: delivery.channel, alertId: alert.id, attempts, reason }, 'an alert was not delivered')
    const doubled = Math.min(longestPauseMs, pauseMs * 2 ** (attempts - 1))
    // Jitter, so that replicas do not retry a failed receiver at the same time.
    await outbox.failed(delivery, reason, doubled * (0.75 + Math.random() / 2))
    return
  }
  onTried?.(kind, 'delivered')
  await outbox.delivered(delivery)
}
