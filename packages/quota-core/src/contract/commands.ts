import type {
  AcquireCommand,
  Candidate,
  CommitCommand,
  ObserveCommand,
  QuotaFact,
  RecordCommand,
  ReserveCommand,
  UpsertProviderCommand,
  UpsertSubjectCommand,
} from '../domain/command.js'
import { type Counts, noCounts } from '../domain/counts.js'
import { defaultLimitId, type Limit } from '../domain/limit.js'
import { commitCommand, recordCommand, reserveCommand } from '../service/commands.js'
import { payloadHash } from '../service/payload-hash.js'

/** The provider settings relevant to a case. */
export type ProviderSettings = Partial<Omit<UpsertProviderCommand, 'type' | 'name'>>

/** The pool settings relevant to a case. */
export type PoolSettings = Partial<Omit<UpsertSubjectCommand, 'type' | 'name'>>

/** A limit with defaults applied: requests a day, enforced. */
export function limit(settings: Partial<Limit> & Pick<Limit, 'max'>): Limit {
  const scope = {
    metric: settings.metric ?? 'requests',
    window: settings.window === undefined ? 'day' : settings.window,
    model: settings.model ?? null,
  } as const
  return { id: defaultLimitId(scope), per: null, mode: 'enforce', countsCached: true, ...scope, ...settings }
}

/** Counts of a call: one request, plus the given counts. */
export function countsOf(counts: Partial<Counts> = {}): Counts {
  return { ...noCounts, requestCount: 1, ...counts }
}

const byApi = { actor: 'admin', managedBy: 'api' } as const

export function upsertProvider(name: string, settings: ProviderSettings): UpsertProviderCommand {
  return {
    type: 'upsertProvider',
    name,
    vendor: undefined,
    pool: undefined,
    models: undefined,
    priority: undefined,
    onExpiry: undefined,
    metadata: undefined,
    ...byApi,
    ...settings,
  }
}

export function upsertPool(name: string, settings: PoolSettings): UpsertSubjectCommand {
  return {
    type: 'upsertSubject',
    kind: 'pool',
    name,
    ...byApi,
    ...settings,
  }
}

type Asked<C> = Partial<Omit<C, 'type' | 'counts' | 'hash'>> & { readonly counts?: Partial<Counts> }

/** A reservation; one request for ten minutes unless given. */
export function reserve(id: string, providerName: string, asked: Asked<ReserveCommand> = {}): ReserveCommand {
  const command = {
    model: '',
    atLeast: null,
    requestId: '',
    consumer: '',
    ttlMs: 600_000,
    ...asked,
    counts: countsOf(asked.counts),
  }
  return reserveCommand({ providerName, ...command, id }, id)
}

/** A reservation at the best of some candidates. */
export function acquire(
  id: string,
  candidates: readonly Candidate[],
  asked: Asked<AcquireCommand> = {},
): AcquireCommand {
  const command = {
    strategy: 'priority',
    turn: 0,
    atLeast: null,
    requestId: '',
    consumer: '',
    ttlMs: 600_000,
    ...asked,
    counts: countsOf(asked.counts),
  } as const
  const { counts, atLeast, requestId, consumer, ttlMs, strategy } = command
  const asWhole = JSON.stringify(candidates)
  const hash = payloadHash(['acquire', asWhole, strategy, counts, atLeast, requestId, consumer, ttlMs])
  return { type: 'acquire', id, candidates, ...command, hash }
}

/** A settlement; one request unless given. */
export function commit(reservationId: string, asked: Asked<CommitCommand> = {}): CommitCommand {
  const command = {
    estimated: false,
    outcome: 'succeeded',
    ...asked,
    counts: countsOf(asked.counts),
  } as const
  return commitCommand({ reservationId, ...command }, command.isModelUnknown)
}

/** A record; one request now unless given. */
export function record(id: string, providerName: string, asked: Asked<RecordCommand> = {}): RecordCommand {
  const command = {
    model: '',
    requestId: '',
    consumer: '',
    occurredAtMs: null,
    metadata: {},
    ...asked,
    counts: countsOf(asked.counts),
  }
  return recordCommand({ providerName, ...command, id }, id)
}

/** A vendor's answer; to a call without a reservation unless given. */
export function observe(providerName: string, seen: Partial<ObserveCommand>): ObserveCommand {
  return {
    type: 'observe',
    providerName,
    model: '',
    reservationId: null,
    facts: [],
    refusal: null,
    succeeded: false,
    ...seen,
  }
}

/** A quota reported by a vendor; requests a day of its key unless given. */
export function fact(reported: Partial<QuotaFact> & Pick<QuotaFact, 'max' | 'remaining'>): QuotaFact {
  return {
    scope: 'provider',
    metric: 'requests',
    window: 'day',
    perModel: false,
    countsCached: true,
    timeZone: 'UTC',
    ...reported,
  }
}
