import {
  type CallEndings,
  type CallFigures,
  histogramOf,
  hourStartOf,
  noCalls,
} from '@quotakeeper/quota-core/rules'
import type { Conclusion } from '../../settlement/settlement.js'
import type { AttemptOutcome, Concluded } from '../attempt/attempt.js'
import type { Candidate } from '../resolve-model.js'

/** A call to a vendor that has ended. */
interface EndedCall {
  readonly candidate: Candidate
  readonly consumer: string
  /** Epoch milliseconds. */
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly outcome: AttemptOutcome
  readonly conclusion: Conclusion
  readonly firstContentAtMs: Concluded['firstContentAtMs']
}

/** What a call adds to the figures; null for one that was not sent, since its client had left. */
export function figuresOfAttempt(call: EndedCall): CallFigures | null {
  const { candidate, consumer, startedAtMs, endedAtMs, firstContentAtMs = null } = call
  const ending = endingOf(call)
  if (ending === null) return null
  const isAnswered = ending === 'answeredCount'
  return {
    ...{ hourStart: hourStartOf(startedAtMs), providerName: candidate.provider.name, consumer },
    ...{ model: candidate.model, isOther: false, ...noCalls, [ending]: 1 },
    durations: isAnswered ? histogramOf(endedAtMs - startedAtMs) : [],
    firstTokens: isAnswered && firstContentAtMs !== null ? histogramOf(firstContentAtMs - startedAtMs) : [],
  }
}

/** What a request adds that was refused without a call. */
export function figuresOfTurnedAway(request: {
  readonly model: string
  readonly consumer: string
  /** Epoch milliseconds. */
  readonly cameAtMs: number
}): CallFigures {
  const { model, consumer, cameAtMs } = request
  return {
    ...{ hourStart: hourStartOf(cameAtMs), providerName: '', model, consumer, isOther: false },
    ...{ ...noCalls, turnedAwayCount: 1, durations: [], firstTokens: [] },
  }
}

function endingOf({ outcome, conclusion }: EndedCall): keyof CallEndings | null {
  switch (outcome.kind) {
    case 'answer':
      // A fault of the request, as its vendor has put it.
      if (outcome.answer.httpStatus >= 400) return 'refusedCount'
      return conclusion.kind === 'charge' ? endingOfStream(conclusion.ending) : 'failedCount'
    case 'gone':
      return conclusion.kind === 'release' ? null : 'abortedCount'
    case 'noRoom':
      return 'failedCount'
    case 'rejected':
      return outcome.rejection.kind === 'failed' ? 'failedCount' : 'refusedCount'
  }
}

function endingOfStream(ending: 'succeeded' | 'failed' | 'aborted' = 'succeeded'): keyof CallEndings {
  return ({ succeeded: 'answeredCount', failed: 'failedCount', aborted: 'abortedCount' } as const)[ending]
}
