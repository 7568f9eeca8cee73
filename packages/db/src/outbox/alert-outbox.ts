import type { StoredAlert } from '@quotakeeper/quota-core'
import type { Database, Row, Statement } from '../database/database.js'
import { withCheckedSession } from '../store/failures.js'
import { alertColumns, storedAlert } from './stored-alert.js'

/** An alert that this process is to deliver now, and no other until its claim ends. */
export interface ClaimedDelivery {
  readonly alert: StoredAlert
  readonly channel: string
  /** Tries so far, this one included. */
  readonly attempts: number
}

/** The delivery of an alert to one of its receivers. */
export interface DeliveryState {
  readonly alertId: string
  readonly channel: string
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly attempts: number
  /** '' for none. */
  readonly lastError: string
}

/** A channel to deliver alerts by. */
export interface OutboxChannel {
  readonly name: string
  /** Only alerts of these consumers are delivered; null for all alerts. */
  readonly consumers: readonly string[] | null
}

/** Alerts that were raised longer ago are not delivered to a new channel. */
const newForMinutes = 60
/** Transactions that commit late have lower ids than the newest one. */
const lateIds = 1_000
const claimSeconds = 60
const maxClaimed = 20
/** After so many tries, hours apart in the end, a delivery is given up. */
const maxAttempts = 12

const longestError = 300

/**
 * Alerts on their way to receivers. An alert is written in the transaction that crossed its threshold, so that
 * it is there whatever happens next; rows for its channels follow, and are delivered by whichever process
 * claims them, at least once. A claim ends by its stored time, should its process end first.
 */
export class AlertOutbox {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Notes new alerts for these channels, and claims what is due. @throws QuotaError STORE_UNAVAILABLE */
  async claim(channels: readonly OutboxChannel[]): Promise<readonly ClaimedDelivery[]> {
    if (channels.length === 0) return []
    const [, rows = []] = await withCheckedSession(this.#database, session =>
      session.run([enqueue(channels), claim(channels.map(({ name }) => name))]),
    )
    return rows.map(claimedOf)
  }

  /** @throws QuotaError STORE_UNAVAILABLE */
  async delivered({ alert, channel }: ClaimedDelivery): Promise<void> {
    await this.#run(delivered(alert.id, channel))
  }

  /** Due again after a pause, or dead after the last try. @throws QuotaError STORE_UNAVAILABLE */
  async failed({ alert, channel }: ClaimedDelivery, error: string, pauseMs: number): Promise<void> {
    await this.#run(failed(alert.id, channel, { error: error.slice(0, longestError), pauseMs }))
  }

  /** The deliveries of these alerts. @throws QuotaError STORE_UNAVAILABLE */
  async states(alertIds: readonly string[]): Promise<readonly DeliveryState[]> {
    if (alertIds.length === 0) return []
    const rows = await this.#run({
      name: 'delivery-states',
      text: `select alert_id, channel, state, attempts, last_error from alert_delivery
        where alert_id = any($1::bigint[]) order by alert_id, channel`,
      values: [alertIds],
    })
    return rows.map(row => ({
      alertId: String(row['alert_id']),
      channel: String(row['channel']),
      // Only this class writes the column, from values of this very type.
      state: row['state'] as DeliveryState['state'],
      attempts: Number(row['attempts']),
      lastError: String(row['last_error']),
    }))
  }

  async #run(statement: Statement): Promise<readonly Row[]> {
    const [rows = []] = await withCheckedSession(this.#database, session => session.run([statement]))
    return rows
  }
}

/** Channels are sent as one row for each of their consumers; one for all alerts as a row without a consumer. */
function enqueue(channels: readonly OutboxChannel[]): Statement {
  const rows = channels.flatMap(({ name, consumers }) =>
    (consumers ?? [null]).map(consumer => ({ name, consumer })),
  )
  return {
    name: 'enqueue-deliveries',
    text: `insert into alert_delivery (alert_id, channel, next_at)
      select distinct a.id, c.channel, clock_timestamp()
      from quota_alert as a join unnest($1::text[], $2::text[]) as c(channel, consumer)
        on c.consumer is null or (a.subject_kind = 'consumer' and a.subject_name = c.consumer)
      where a.id > (select coalesce(max(alert_id), 0) - ${lateIds} from alert_delivery)
        and a.raised_at > clock_timestamp() - interval '${newForMinutes} minutes'
      on conflict do nothing`,
    values: [rows.map(({ name }) => name), rows.map(({ consumer }) => consumer)],
  }
}

function claim(channels: readonly string[]): Statement {
  return {
    name: 'claim-deliveries',
    text: `update alert_delivery as d
      set attempts = d.attempts + 1, next_at = clock_timestamp() + interval '${claimSeconds} seconds'
      from quota_alert as a
      where a.id = d.alert_id and (d.alert_id, d.channel) in (
        select alert_id, channel from alert_delivery
        where state = 'pending' and next_at <= clock_timestamp() and channel = any($1::text[])
        order by next_at limit ${maxClaimed} for update skip locked
      )
      returning d.channel, d.attempts, ${alertColumns}`,
    values: [channels],
  }
}

function delivered(alertId: string, channel: string): Statement {
  return {
    name: 'delivery-done',
    text: `update alert_delivery set state = 'delivered', delivered_at = clock_timestamp(), last_error = ''
      where alert_id = $1::bigint and channel = $2`,
    values: [alertId, channel],
  }
}

function failed(
  alertId: string,
  channel: string,
  { error, pauseMs }: { readonly error: string; readonly pauseMs: number },
): Statement {
  return {
    name: 'delivery-failed',
    text: `update alert_delivery set last_error = $3,
        state = case when attempts >= ${maxAttempts} then 'dead' else 'pending' end,
        next_at = clock_timestamp() + $4::int * interval '1 millisecond'
      where alert_id = $1::bigint and channel = $2 and state = 'pending'`,
    values: [alertId, channel, error, Math.round(pauseMs)],
  }
}

function claimedOf(row: Row): ClaimedDelivery {
  return { alert: storedAlert(row), channel: String(row['channel']), attempts: Number(row['attempts']) }
}
