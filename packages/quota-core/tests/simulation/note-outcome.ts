import assert from 'node:assert/strict'
import type {
  AcquireAnswer,
  AcquireCommand,
  Command,
  Outcome,
  QuotaError,
  Reason,
} from '@quotakeeper/quota-core'
import { consumerKind, noCounts } from '@quotakeeper/quota-core'
import { expectReturn } from './expect-return.js'
import { expectWithinLimits } from './expect-within-limits.js'
import type { World } from './world.js'

/** Records the outcome of an executed command; returns the names of the providers concerned. */
export function noteOutcome(world: World, command: Command, outcome: Outcome): readonly string[] {
  if (!outcome.ok) {
    expectPermitted(world, command, outcome.error)
    return []
  }
  switch (command.type) {
    case 'acquire':
      // The answer to an acquisition.
      return noteChoice(world, command, outcome.answer as AcquireAnswer)
    case 'commit':
    case 'release': {
      const call = world.book.call(command.reservationId)
      const counts = command.type === 'commit' ? command.counts : noCounts
      world.figures.settlementCount += call.settled === null ? 1 : 0
      world.book.settle(call.id, command.type === 'commit' ? 'committed' : 'released', counts)
      return [call.providerName]
    }
    case 'extend': {
      const call = world.book.call(command.reservationId)
      assert.ok('expiresAt' in outcome.answer)
      call.expiresAtMs = Date.parse(outcome.answer.expiresAt)
      return [call.providerName]
    }
    case 'observe':
      return [command.providerName]
    case 'resetUsage':
      return [command.subject.name]
    default:
      return []
  }
}

function noteChoice(world: World, command: AcquireCommand, answer: AcquireAnswer): readonly string[] {
  const { book, consumers, demand, figures, timeline, vendors } = world
  const caller = { consumer: command.consumer, endUser: command.endUser ?? '' }
  const ofCaller = consumers.quotasOf(caller)
  for (const { providerName, reasons } of answer.skipped) {
    const ofKey = vendors.quotasOf(providerName)
    demand.denied(ofKey, [reasons], timeline.nowMs)
    expectReturn(world, [...ofKey, ...ofCaller], reasons)
  }
  if (answer.decision === 'denied') {
    figures.denialCount++
    const skipped = answer.skipped.map(({ reasons }) => reasons)
    demand.denied(ofCaller, skipped, timeline.nowMs)
    // Each of their limits denies the call at every provider.
    if (skipped.some(reasons => reasons.some(isOfConsumer))) figures.consumerDenialCount++
  } else if (book.grant(answer, { caller, ttlMs: command.ttlMs })) {
    figures.grantCount++
    expectWithinLimits(world, answer)
    for (const { id, mode, max, used, observed, held } of answer.limits) {
      if (mode !== 'enforce' || max === null) continue
      assert.ok(used + observed + held <= max, `${answer.providerName} ${id}: beyond its max after a grant`)
    }
  }
  return command.candidates.map(candidate => candidate.providerName)
}

function isOfConsumer({ subject }: Reason): boolean {
  return subject.kind === consumerKind
}

/** Asserts that only late commands fail. */
function expectPermitted(world: World, command: Command, error: QuotaError): void {
  const isLate =
    (command.type === 'acquire' && error.code === 'ID_REUSED') ||
    (command.type === 'extend' && error.code === 'ALREADY_SETTLED')
  if (!isLate) throw error
  const call = world.book.call(command.type === 'acquire' ? command.id : command.reservationId)
  // A clock that was ahead may have expired attempts that are not due by the current clock.
  const isOver = call.settled !== null || call.expiresAtMs <= world.timeline.storeMs
  if (!isOver && world.plan.kind !== 'wild') throw error
}
