import {
  type Attempt,
  type CountName,
  type CountSums,
  type Counts,
  countNames,
  mapCounts,
  readWholeNumber,
} from '@quotakeeper/quota-core'
import type { Row } from '../../database/database.js'
import { exactNumber } from '../../schema/columns.js'
import { type Column, fromMs, msOf, readMs } from './rows.js'
import { readSubjectsOf, subjectsOfRow } from './subject-rows.js'

const columnOf: Readonly<Record<CountName, string>> = {
  requestCount: 'request_count',
  characterCount: 'character_count',
  inputTokenCount: 'input_token_count',
  outputTokenCount: 'output_token_count',
  cachedInputTokenCount: 'cached_input_token_count',
  costMicroUsd: 'cost_micro_usd',
  audioSecondCount: 'audio_second_count',
}

/** Columns of counts, taken out of a row. */
function countsColumns<Source>(counts: (row: Source) => Counts, prefix = ''): readonly Column<Source>[] {
  return countNames.map(count => ({
    name: `${prefix}${columnOf[count]}`,
    type: 'bigint',
    value: row => counts(row)[count],
  }))
}

/** Columns of sums of counts, which may pass what a bigint holds where they are of money. */
export function sumsColumns<Source>(sums: (row: Source) => CountSums): readonly Column<Source>[] {
  return countNames.map(count => ({
    name: columnOf[count],
    type: count === 'costMicroUsd' ? 'numeric' : 'bigint',
    value: row => String(sums(row)[count]),
  }))
}

/** Sums of counts as columns give them, exact whatever their size. */
export function readSums(row: Row, prefix = ''): CountSums {
  return mapCounts(name => readWholeNumber(row[`${prefix}${columnOf[name]}`]))
}

/** The names of columns of counts, in the order of `countNames`. */
export const countColumnNames: readonly string[] = countNames.map(name => columnOf[name])

/** Counts as columns give them. */
export function readCounts(row: Row, prefix = ''): Counts {
  return mapCounts(name => exactNumber(String(row[`${prefix}${columnOf[name]}`])))
}

const id: Column<Attempt> = { name: 'id', type: 'uuid', value: row => row.id }
const expiresAt: Column<Attempt> = {
  name: 'expires_at',
  type: 'bigint',
  cast: fromMs,
  value: row => row.expiresAtMs,
}

/** Changes in one case alone: where the vendor does not know it. */
export const modelColumn: Column<Attempt> = { name: 'model', type: 'text', value: row => row.model }

const settledAt: Column<Attempt> = {
  name: 'settled_at',
  type: 'bigint',
  cast: fromMs,
  value: row => row.settledAtMs,
}

/** When an attempt was made. */
const datedColumns: readonly Column<Attempt>[] = [
  { name: 'occurred_at', type: 'bigint', cast: fromMs, value: row => row.occurredAtMs },
  { name: 'date', type: 'date', value: row => row.date },
]

/** An attempt that is entered. Beside it, rather than in a copy of it: that made a third of what a call writes. */
export interface EnteredAttempt {
  readonly attempt: Attempt
  /** The ids of its subjects, in their order, as PostgreSQL reads them: `{1,2}`. */
  readonly subjectIds: string
}

function ofEntered(column: Column<Attempt>): Column<EnteredAttempt> {
  const { value } = column
  return { ...column, value: row => value(row.attempt) }
}

/** What differs between attempts when they are made. */
const originColumns: readonly Column<EnteredAttempt>[] = [
  { name: 'request_id', type: 'text', value: row => row.attempt.requestId },
  { name: 'provider_name', type: 'text', value: row => row.attempt.providerName },
  { name: 'pool_name', type: 'text', value: row => row.attempt.poolName ?? '' },
  ofEntered(modelColumn),
  { name: 'consumer', type: 'text', value: row => row.attempt.consumer },
  { name: 'end_user', type: 'text', value: row => row.attempt.endUser },
  ...countsColumns<EnteredAttempt>(row => row.attempt.reserved, 'reserved_'),
  ...datedColumns.map(ofEntered),
  { name: 'request_hash', type: 'text', value: row => row.attempt.requestHash },
  {
    name: 'subject_ids',
    type: 'text',
    // unnest would flatten an array of arrays.
    cast: '%::int[]',
    value: row => row.subjectIds,
  },
]

/** All columns of a reservation that is pending and has no metadata. */
export const pendingColumns: readonly Column<EnteredAttempt>[] = [
  ofEntered(id),
  ofEntered(expiresAt),
  ...originColumns,
]

/** What changes in an attempt after it was made. */
export const settledColumns: readonly Column<Attempt>[] = [
  id,
  { name: 'state', type: 'text', value: row => row.state },
  ...countsColumns<Attempt>(row => row.charged),
  { name: 'estimated', type: 'boolean', value: row => row.estimated },
  { name: 'outcome', type: 'text', value: row => row.outcome },
  expiresAt,
  settledAt,
  { name: 'settle_hash', type: 'text', value: row => row.settleHash },
]

/** What changes in an attempt that is dated anew. */
export const redatedColumns: readonly Column<Attempt>[] = [id, expiresAt, settledAt, ...datedColumns]

/** The user's data; of a call the counts that were too large to be counted. */
export const metadataColumn: Column<Attempt> = {
  name: 'metadata',
  type: 'text',
  cast: '%::jsonb',
  value: row => JSON.stringify(row.metadata),
}

/** Every column of an attempt. */
export const attemptColumns: readonly Column<EnteredAttempt>[] = [
  ...settledColumns.map(ofEntered),
  { name: 'kind', type: 'text', value: row => row.attempt.kind },
  ...originColumns,
  ofEntered(metadataColumn),
]

const instantNames: readonly string[] = ['expires_at', 'settled_at', 'occurred_at']

/** What to select to read attempts by {@link readAttempt}. */
export const attemptSelection: string = [
  ...attemptColumns.map(({ name }) =>
    instantNames.includes(name) ? msOf(name) : name === 'date' ? 'date::text as date' : name,
  ),
  `${subjectsOfRow} as subjects`,
].join(', ')

/** An attempt as the ledger gives it. */
export function readAttempt(row: Row): Attempt {
  return {
    id: String(row['id']),
    // Columns that only this package writes, from values of these very types.
    kind: row['kind'] as Attempt['kind'],
    requestId: String(row['request_id']),
    subjects: readSubjectsOf(row),
    providerName: String(row['provider_name']),
    poolName: row['pool_name'] === '' ? null : String(row['pool_name']),
    model: String(row['model']),
    consumer: String(row['consumer']),
    endUser: String(row['end_user']),
    state: row['state'] as Attempt['state'],
    reserved: readCounts(row, 'reserved_'),
    charged: readCounts(row),
    estimated: row['estimated'] === true,
    outcome: row['outcome'] as Attempt['outcome'],
    occurredAtMs: Number(row['occurred_at_ms']),
    date: String(row['date']),
    expiresAtMs: readMs(row['expires_at_ms']),
    settledAtMs: readMs(row['settled_at_ms']),
    requestHash: String(row['request_hash']),
    settleHash: row['settle_hash'] === null ? null : String(row['settle_hash']),
    metadata: row['metadata'] as Attempt['metadata'],
  }
}
