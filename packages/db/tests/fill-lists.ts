import { randomUUID } from 'node:crypto'
import { type Database, tables } from '../src/index.js'
import { writerNumber } from '../src/writer.js'

const noReserved = {
  reservedRequestCount: 0,
  reservedCharacterCount: 0,
  reservedInputTokenCount: 0,
  reservedOutputTokenCount: 0,
  reservedCachedInputTokenCount: 0,
  reservedCostMicroUsd: 0,
  reservedAudioSecondCount: 0,
}
const oneRequest = {
  requestCount: 1,
  characterCount: 0,
  inputTokenCount: 0,
  outputTokenCount: 0,
  cachedInputTokenCount: 0,
  costMicroUsd: 0,
  audioSecondCount: 0,
}

/** Puts nine rows into each list, of three providers, so that it has more than one page. */
export async function fillLists({ drizzle }: Database): Promise<void> {
  const at = '2026-11-25T10:00:00.000Z'
  for (const name of ['a', 'b', 'c']) {
    await drizzle.insert(tables.aiProvider).values({
      name,
      vendor: 'groq',
      models: ['*'],
      priority: 0,
      onExpiry: 'charge',
      enabled: true,
      managedBy: 'api',
      metadata: {},
      createdAt: at,
      updatedAt: at,
    })
    for (const minute of [10, 11, 12]) {
      await drizzle.insert(tables.usageAttempt).values({
        id: randomUUID(),
        kind: 'record',
        providerName: name,
        requestId: `${name}${minute}`,
        state: 'committed',
        ...noReserved,
        ...oneRequest,
        // Two providers at the same instant: the id decides.
        occurredAt: `2026-11-25T10:${minute}:00.${name === 'c' ? '001' : '123'}Z`,
        date: '2026-11-25',
        requestHash: 'hash',
        writer: writerNumber,
      })
      const hourStart = `2026-11-25T${minute}:00:00.000Z`
      await drizzle
        .insert(tables.usageHourly)
        .values({ providerName: name, hourStart, date: '2026-11-25', model: `m-${name}`, ...oneRequest })
      await drizzle
        .insert(tables.aiProviderUsage)
        .values({ providerName: name, date: `2026-11-${minute}`, ...oneRequest, writer: writerNumber })
      await drizzle.insert(tables.quotaAlert).values({
        subjectKind: 'provider',
        subjectName: name,
        limitId: 'requests/day',
        windowStart: hourStart,
        thresholdPercent: 80,
        limitVersion: 1,
        severity: 'warning',
        metric: 'requests',
        window: 'day',
        used: 8,
        max: 10,
        raisedAt: hourStart,
      })
    }
  }
}
