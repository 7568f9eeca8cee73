import type {
  AlertKind,
  Consumer,
  Limit,
  Metadata,
  PlainOwner,
  ReportedCount,
  SubjectKind,
  VersionedLimit,
} from '@quotakeeper/quota-core'
import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  serial,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { writerNumber } from '../writer.js'
import { count, instant, level, sum } from './columns.js'

/**
 * Columns for the counts of a sum. Without CHECK (>= 0): PostgreSQL tests the row proposed for insertion,
 * a delta that may be negative, before ON CONFLICT turns it into an update.
 */
const summedCounts = {
  requestCount: count('request_count').notNull().default(0),
  characterCount: count('character_count').notNull().default(0),
  inputTokenCount: count('input_token_count').notNull().default(0),
  outputTokenCount: count('output_token_count').notNull().default(0),
  cachedInputTokenCount: count('cached_input_token_count').notNull().default(0),
  // A day of calls that cost 10^15 each would pass a bigint.
  costMicroUsd: sum('cost_micro_usd').notNull().default(0),
  audioSecondCount: count('audio_second_count').notNull().default(0),
}

/**
 * The {@link writerNumber} of the release that has inserted a row. Rows without it, or with a smaller one than the
 * tables ask for, are refused by a trigger, see the migration `writers`: an older process beside a newer one would
 * count past it. Null in rows from before.
 */
const writer = { writer: smallint('writer').$default(() => writerNumber) }

/** One credential at a vendor. Its limits are in its row of quota_subject. */
export const aiProvider = pgTable('ai_provider', {
  name: text('name').primaryKey(),
  vendor: text('vendor').notNull(),
  /** '' for none. */
  poolName: text('pool_name').notNull().default(''),
  models: text('models').array().notNull(),
  priority: integer('priority').notNull(),
  onExpiry: text('on_expiry').$type<'charge' | 'release'>().notNull(),
  enabled: boolean('enabled').notNull(),
  managedBy: text('managed_by').$type<'file' | 'api' | 'demo'>().notNull(),
  /** The only consumers that it serves; null for all. */
  consumers: text('consumers').array(),
  metadata: jsonb('metadata').$type<Metadata>().notNull(),
  removedAt: instant('removed_at'),
  /** The last of `resets`, for the release before this column was. */
  resetAt: instant('reset_at'),
  /** Epoch milliseconds, ascending. */
  resets: jsonb('resets').$type<readonly number[]>().notNull().default([]),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** A quota that several providers share. Its limits are in its row of quota_subject. */
export const quotaPool = pgTable('quota_pool', {
  name: text('name').primaryKey(),
  managedBy: text('managed_by').$type<'file' | 'api' | 'demo'>().notNull(),
  removedAt: instant('removed_at'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  /** Epoch milliseconds, ascending. */
  resets: jsonb('resets').$type<readonly number[]>().notNull().default([]),
})

/** What is kept of an owner in the row of its subject. */
type KeptOwner = Omit<PlainOwner, 'kind' | 'name'> | Omit<Consumer, 'kind' | 'name'>

/** What limits hang on: the row that is locked for every decision about its quota. */
export const quotaSubject = pgTable(
  'quota_subject',
  {
    /** Attempts name it by this id. */
    id: serial('id').notNull(),
    kind: text('kind').$type<SubjectKind>().notNull(),
    name: text('name').notNull(),
    timeZone: text('time_zone').notNull().default('UTC'),
    dayStartsAt: text('day_starts_at').notNull().default('00:00'),
    monthStartsOn: smallint('month_starts_on').notNull().default(1),
    limits: jsonb('limits').$type<readonly VersionedLimit[]>().notNull().default([]),
    thresholdsPercent: integer('thresholds_percent').array().notNull().default([]),
    version: count('version').notNull().default(0),
    /** Its owner, where owners of its kind have no table of their own; null otherwise. */
    owner: jsonb('owner').$type<KeptOwner>(),
    /** Random revision, replaced on every write to the subject: see `newRevision`. */
    revision: count('stamp').notNull().default(0),
  },
  table => [
    primaryKey({ columns: [table.kind, table.name] }),
    uniqueIndex('quota_subject_id').on(table.id),
    // Leads to the members of a consumer and to the consumers of a plan.
    index('quota_subject_parent').on(sql`(owner->'parent'->>'name')`).where(sql`owner is not null`),
    index('quota_subject_plan').on(sql`(owner->>'plan')`).where(sql`owner is not null`),
    // In the order of lists: each page sorted the names of all 10,000 consumers.
    index('quota_subject_listed')
      .on(table.kind, sql`${table.name} collate "C"`)
      .where(sql`owner is not null and owner->>'removedAtMs' is null`),
  ],
)

/** What each limit has counted in its current window. */
export const quotaCounter = pgTable(
  'quota_counter',
  {
    subjectKind: text('subject_kind').notNull(),
    subjectName: text('subject_name').notNull(),
    limitId: text('limit_id').notNull(),
    /** '' unless the limit counts each model apart. */
    model: text('model').notNull().default(''),
    windowStart: instant('window_start').notNull(),
    used: sum('used').notNull(),
    level: level('level').notNull(),
    held: sum('held').notNull(),
    observed: count('observed').notNull(),
    at: instant('at').notNull(),
    alertedPercents: integer('alerted_percents').array().notNull().default([]),
    /** The count that the vendor has last reported; null for none. */
    reported: jsonb('told').$type<ReportedCount>(),
    ...writer,
  },
  table => [
    primaryKey({ columns: [table.subjectKind, table.subjectName, table.limitId, table.model] }),
    check(
      'quota_counter_not_negative',
      sql`${table.used} >= 0 and ${table.held} >= 0 and ${table.observed} >= 0 and ${table.level} >= 0`,
    ),
  ],
)

/** Times in which a vendor refuses a subject, or one model of it. */
export const coolDown = pgTable(
  'cool_down',
  {
    subjectKind: text('subject_kind').notNull(),
    subjectName: text('subject_name').notNull(),
    /** '' for every model. */
    model: text('model').notNull().default(''),
    kind: text('kind').notNull(),
    since: instant('since').notNull(),
    until: instant('until').notNull(),
    refusals: integer('refusals').notNull(),
    /** Null where it is not known. */
    httpStatus: integer('http_status'),
    /** Of the key that was refused; null where it is not known. */
    keyFingerprint: text('key_fingerprint'),
  },
  table => [primaryKey({ columns: [table.subjectKind, table.subjectName, table.model, table.kind] })],
)

/** The ledger: one row for each call, record and adjustment. */
export const usageAttempt = pgTable(
  'usage_attempt',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').$type<'call' | 'record' | 'adjustment'>().notNull(),
    requestId: text('request_id').notNull().default(''),
    /**
     * The subjects that it was made with, by their ids: it settles on them. Null in rows of releases that did not store
     * them: its provider and its pool.
     */
    subjectIds: integer('subject_ids').array(),
    providerName: text('provider_name').notNull(),
    /** '' for none. */
    poolName: text('pool_name').notNull().default(''),
    model: text('model').notNull().default(''),
    consumer: text('consumer').notNull().default(''),
    /** The consumer's end user; '' for none. */
    endUser: text('end_user').notNull().default(''),
    state: text('state').$type<'pending' | 'committed' | 'released' | 'expired'>().notNull(),
    reservedRequestCount: count('reserved_request_count').notNull(),
    reservedCharacterCount: count('reserved_character_count').notNull(),
    reservedInputTokenCount: count('reserved_input_token_count').notNull(),
    reservedOutputTokenCount: count('reserved_output_token_count').notNull(),
    reservedCachedInputTokenCount: count('reserved_cached_input_token_count').notNull(),
    reservedCostMicroUsd: count('reserved_cost_micro_usd').notNull(),
    reservedAudioSecondCount: count('reserved_audio_second_count').notNull().default(0),
    requestCount: count('request_count').notNull(),
    characterCount: count('character_count').notNull(),
    inputTokenCount: count('input_token_count').notNull(),
    outputTokenCount: count('output_token_count').notNull(),
    cachedInputTokenCount: count('cached_input_token_count').notNull(),
    costMicroUsd: count('cost_micro_usd').notNull(),
    audioSecondCount: count('audio_second_count').notNull().default(0),
    estimated: boolean('estimated').notNull().default(false),
    outcome: text('outcome').$type<'succeeded' | 'refused' | 'failed' | 'aborted'>(),
    occurredAt: instant('occurred_at').notNull(),
    /** The provider's day at that instant. */
    date: date('date', { mode: 'string' }).notNull(),
    expiresAt: instant('expires_at'),
    settledAt: instant('settled_at'),
    requestHash: text('request_hash').notNull(),
    settleHash: text('settle_hash'),
    metadata: jsonb('metadata').$type<Metadata>().notNull().default({}),
    ...writer,
  },
  table => [
    // Oldest first, of all subjects: one look shows whether anything is due, and the ids in its rows, of which subjects.
    // With indexes of single providers and pools beside it, a row's reserve and settle took 100 µs of SQL instead of 73.
    index('usage_attempt_due').on(table.expiresAt).where(sql`state = 'pending'`),
    index('usage_attempt_provider').on(table.providerName, table.occurredAt),
    index('usage_attempt_pool').on(table.poolName, table.occurredAt).where(sql`pool_name <> ''`),
    // Leads to the calls of a consumer that gets a limit. A row's reserve and settle took 548 µs of SQL with it instead of
    // 496 (medians of eleven rounds in turn on a busy machine; the least 397 and 377); without it, such a limit reads the calls of every consumer.
    index('usage_attempt_consumer').on(table.consumer, table.occurredAt).where(sql`consumer <> ''`),
    index('usage_attempt_request').on(table.requestId).where(sql`request_id <> ''`),
    check(
      'usage_attempt_not_negative',
      sql`kind = 'adjustment' or (request_count >= 0 and character_count >= 0 and input_token_count >= 0
        and output_token_count >= 0 and cached_input_token_count >= 0 and cost_micro_usd >= 0)`,
    ),
    check(
      'usage_attempt_reserved_not_negative',
      sql`reserved_request_count >= 0 and reserved_character_count >= 0 and reserved_input_token_count >= 0
        and reserved_output_token_count >= 0 and reserved_cached_input_token_count >= 0
        and reserved_cost_micro_usd >= 0`,
    ),
  ],
)

/** Usage per provider and day: the sum of the ledger's charges of that day. */
export const aiProviderUsage = pgTable(
  'ai_provider_usage',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    providerName: text('provider_name').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    ...summedCounts,
    metadata: jsonb('metadata').$type<Metadata>().notNull().default({}),
    ...writer,
  },
  table => [
    uniqueIndex('ai_provider_usage_provider_date').on(table.providerName, table.date),
    index('ai_provider_usage_provider').on(table.providerName),
    // In the order of history: sorting cost a page of 10,000 rows a third of its time.
    index('ai_provider_usage_history').on(
      table.date.desc().nullsLast(),
      sql`${table.providerName} collate "C"`,
    ),
  ],
)

/** Usage per provider, hour, model and consumer. */
export const usageHourly = pgTable(
  'usage_hourly',
  {
    providerName: text('provider_name').notNull(),
    hourStart: instant('hour_start').notNull(),
    /** The provider's day that the hour's usage belongs to. */
    date: date('date', { mode: 'string' }).notNull(),
    model: text('model').notNull().default(''),
    consumer: text('consumer').notNull().default(''),
    ...summedCounts,
  },
  table => [
    primaryKey({
      columns: [table.providerName, table.hourStart, table.date, table.model, table.consumer],
    }),
    index('usage_hourly_date').on(table.date),
    // Leads to the last hours of a consumer, for its forecast: by day, the hours of all consumers were read. Of 10,000 new
    // rows each took 45 µs with it instead of 33, and as long as before to be added to (medians of nine rounds in turn).
    index('usage_hourly_consumer').on(table.consumer, table.hourStart).where(sql`consumer <> ''`),
  ],
)

/** Thresholds that were reached: one row each for subject, limit, model, window, threshold and version. */
export const quotaAlert = pgTable(
  'quota_alert',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind').$type<AlertKind>().notNull().default('threshold'),
    subjectKind: text('subject_kind').$type<SubjectKind>().notNull(),
    subjectName: text('subject_name').notNull(),
    limitId: text('limit_id').notNull(),
    model: text('model').notNull().default(''),
    windowStart: instant('window_start').notNull(),
    thresholdPercent: integer('threshold_percent').notNull(),
    limitVersion: count('limit_version').notNull(),
    severity: text('severity').$type<'warning' | 'critical' | 'error'>().notNull(),
    metric: text('metric').$type<Limit['metric']>().notNull(),
    window: text('window').$type<Limit['window']>().notNull(),
    used: count('used').notNull(),
    max: count('max').notNull(),
    raisedAt: instant('raised_at').notNull(),
  },
  table => [
    uniqueIndex('quota_alert_once').on(
      table.subjectKind,
      table.subjectName,
      table.limitId,
      table.model,
      table.windowStart,
      table.thresholdPercent,
      table.limitVersion,
    ),
  ],
)

/** Changes by administrators and configuration files. */
export const auditLog = pgTable('audit_log', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  at: instant('at').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  subjectKind: text('subject_kind').notNull(),
  subjectName: text('subject_name').notNull(),
  details: jsonb('details').$type<Readonly<Record<string, unknown>>>().notNull(),
})

export * from './key-tables.js'
export * from './outbox-tables.js'
export * from './performance-tables.js'
export * from './request-tables.js'
export * from './session-tables.js'
export * from './token-tables.js'
