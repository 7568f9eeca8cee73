import { canonicalJson } from '../domain/canonical-json.js'
import type { AcquireCommand, CommitCommand, RecordCommand, ReserveCommand } from '../domain/command.js'
import type { AcquireRequest, CommitRequest, ReserveRequest } from '../input/quota-input.js'
import type { RecordRequest } from '../input/usage-input.js'
import { payloadHash } from './payload-hash.js'

/** The command for a parsed reservation. */
export function reserveCommand(request: ReserveRequest, id: string): ReserveCommand {
  const { providerName, model, counts, atLeast, requestId, consumer, ttlMs } = request
  const hash = payloadHash('reserve', providerName, model, counts, atLeast, requestId, consumer, ttlMs)
  return { type: 'reserve', id, providerName, model, counts, atLeast, requestId, consumer, ttlMs, hash }
}

/** The command for a parsed choice among the given candidates. */
export function acquireCommand(
  request: AcquireRequest,
  made: Pick<AcquireCommand, 'id' | 'candidates' | 'turn' | 'waitsForBusy'>,
): AcquireCommand {
  const { counts, atLeast, requestId, consumer, ttlMs, strategy, model } = request
  const { id, candidates, turn, waitsForBusy = true } = made
  // What was asked, not what it was narrowed down to: a repetition may meet other candidates.
  const asked =
    request.candidates?.map(({ providerName, model }) => `${providerName}\n${model}`).join('\n\n') ?? null
  const hash = payloadHash('acquire', asked, model, strategy, counts, atLeast, requestId, consumer, ttlMs)
  return {
    type: 'acquire',
    id,
    candidates,
    turn,
    waitsForBusy,
    counts,
    atLeast,
    requestId,
    consumer,
    ttlMs,
    strategy,
    hash,
  }
}

/** The command for a parsed settlement. */
export function commitCommand(
  { reservationId, counts, estimated, outcome }: CommitRequest,
  isModelUnknown: boolean = false,
): CommitCommand {
  const hash = payloadHash('commit', counts, estimated, outcome)
  return { type: 'commit', reservationId, counts, estimated, outcome, isModelUnknown, hash }
}

/** The command for a parsed record. */
export function recordCommand(request: RecordRequest, id: string): RecordCommand {
  const { providerName, model, counts, requestId, consumer, occurredAtMs, metadata } = request
  const hash = payloadHash(
    'record',
    providerName,
    model,
    counts,
    requestId,
    consumer,
    occurredAtMs,
    canonicalJson(metadata),
  )
  return {
    type: 'record',
    id,
    providerName,
    model,
    counts,
    requestId,
    consumer,
    occurredAtMs,
    metadata,
    hash,
  }
}
