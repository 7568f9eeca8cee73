import type { Attempt, Counts, LedgerRowsQuery, PageOf } from '@quotakeeper/quota-core'
import { and, desc, eq, type InferSelectModel, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.js'
import { usageAttempt as ledger } from '../schema/tables.js'
import { decodeCursor, pageOf } from './cursor.js'
import { readRows } from './read-rows.js'

/**
 * Rows of the ledger, newest first.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function ledgerPage(database: Database, query: LedgerRowsQuery): Promise<PageOf<Attempt>> {
  const rows = await readRows(
    database.drizzle
      .select()
      .from(ledger)
      .where(
        and(
          query.providerName === null ? undefined : eq(ledger.providerName, query.providerName),
          query.requestId === null ? undefined : eq(ledger.requestId, query.requestId),
          after(query.cursor),
        ),
      )
      .orderBy(desc(ledger.occurredAt), desc(ledger.id))
      .limit(query.pageSize + 1),
  )
  return pageOf(rows.map(attemptOf), query.pageSize, row => [row.occurredAtMs, row.id])
}

function after(cursor: string | null): SQL | undefined {
  if (cursor === null) return undefined
  const [occurredAtMs, id] = decodeCursor(cursor, ['integer', 'uuid'])
  const occurredAt = sql`to_timestamp(${occurredAtMs}::bigint / 1000.0)`
  return sql`(${ledger.occurredAt}, ${ledger.id}) < (${occurredAt}, ${id}::uuid)`
}

type LedgerRow = InferSelectModel<typeof ledger>

function attemptOf(row: LedgerRow): Attempt {
  return {
    id: row.id,
    kind: row.kind,
    requestId: row.requestId,
    providerName: row.providerName,
    poolName: row.poolName === '' ? null : row.poolName,
    model: row.model,
    consumer: row.consumer,
    state: row.state,
    reserved: reservedCounts(row),
    charged: chargedCounts(row),
    estimated: row.estimated,
    outcome: row.outcome,
    occurredAtMs: Date.parse(row.occurredAt),
    date: row.date,
    expiresAtMs: row.expiresAt === null ? null : Date.parse(row.expiresAt),
    settledAtMs: row.settledAt === null ? null : Date.parse(row.settledAt),
    requestHash: row.requestHash,
    settleHash: row.settleHash,
    metadata: row.metadata,
  }
}

function reservedCounts(row: LedgerRow): Counts {
  return {
    requestCount: row.reservedRequestCount,
    characterCount: row.reservedCharacterCount,
    inputTokenCount: row.reservedInputTokenCount,
    outputTokenCount: row.reservedOutputTokenCount,
    cachedInputTokenCount: row.reservedCachedInputTokenCount,
    costMicroUsd: row.reservedCostMicroUsd,
  }
}

function chargedCounts(row: LedgerRow): Counts {
  return {
    requestCount: row.requestCount,
    characterCount: row.characterCount,
    inputTokenCount: row.inputTokenCount,
    outputTokenCount: row.outputTokenCount,
    cachedInputTokenCount: row.cachedInputTokenCount,
    costMicroUsd: row.costMicroUsd,
  }
}
