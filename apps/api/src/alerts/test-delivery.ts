import { randomUUID } from 'node:crypto'
import type { AlertChannel } from './channel.js'

/** The result of a test. */
export interface TestedChannel {
  readonly channel: string
  readonly ok: boolean
  /** The error without secrets; null if delivered. */
  readonly error: string | null
}

/** Sends a test message to a receiver. Never rejects. */
export async function testDelivery(channel: AlertChannel): Promise<TestedChannel> {
  try {
    const text = 'Test message from Quotakeeper: alerts reach this receiver.'
    await channel.send({ id: `test_${randomUUID()}`, text, alert: null, heldBackCount: 0 })
    return { channel: channel.name, ok: true, error: null }
  } catch (error) {
    return { channel: channel.name, ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}
