import { chargeOfBroken } from '../../settlement/charge.js'
import { settleAttempt } from '../../settlement/settle-attempt.js'
import type { Conclusion } from '../../settlement/settlement.js'
import type { VendorResult } from '../../vendors/vendor-result.js'
import { figuresOfAttempt } from '../figures/figures-of-attempt.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Attempt, AttemptOutcome, Concluded } from './attempt.js'
import { callVendor } from './call-vendor.js'
import { classifyAnswer } from './classify-answer.js'
import { passStreamOn } from './stream-answer.js'
import { passBytesOn } from './stream-bytes.js'

/** Calls the vendor once and settles, whatever comes of it: a stream when it has ended, all else at once. */
export async function makeAttempt(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
): Promise<AttemptOutcome> {
  const startedAtMs = deps.clock()
  const { outcome, conclusion, firstContentAtMs = null } = await conclude(deps, request, attempt)
  const end = (reached: Conclusion): void => {
    settleAttempt(deps, attempt, reached)
    const { candidate } = attempt
    const { consumer } = request
    const endedAtMs = deps.clock()
    const figures = figuresOfAttempt({
      ...{ candidate, consumer, startedAtMs, endedAtMs, outcome, conclusion: reached, firstContentAtMs },
    })
    if (figures !== null) deps.figures.add(figures)
  }
  if (conclusion instanceof Promise) void conclusion.then(end)
  else end(conclusion)
  return outcome
}

async function conclude(deps: RouteDeps, request: RoutedRequest, attempt: Attempt): Promise<Concluded> {
  const result = await callVendor(deps, request, attempt)
  switch (result.kind) {
    case 'answered':
      return classifyAnswer(deps, request, attempt, result)
    case 'streaming':
      if (request.asked.isByteStream === true) return await passBytesOn(deps, request, attempt, result)
      return await passStreamOn(deps, request, attempt, result)
    default:
      return concludeUnanswered(request, attempt, result)
  }
}

function concludeUnanswered(
  { asked }: RoutedRequest,
  { candidate }: Attempt,
  result: Exclude<VendorResult, { kind: 'answered' | 'streaming' }>,
): Concluded {
  const { provider, model } = candidate
  const failed = (fault: string): AttemptOutcome => ({
    kind: 'rejected',
    rejection: { kind: 'failed', providerName: provider.name, model, fault, retryAtMs: null, words: '' },
  })
  if (result.kind === 'unreached') {
    const outcome = failed(`the vendor cannot be reached (${result.reason})`)
    return { outcome, conclusion: { kind: 'release' } }
  }
  if (result.kind === 'aborted' && !result.wasSent)
    return { outcome: { kind: 'gone' }, conclusion: { kind: 'release' } }
  const ending = result.kind === 'aborted' ? 'aborted' : 'failed'
  const { received } = result
  const conclusion = {
    kind: 'charge',
    signals: null,
    charge: () => chargeOfBroken({ asked, outcome: ending, received }),
  } as const
  switch (result.kind) {
    case 'aborted':
      return { outcome: { kind: 'gone' }, conclusion }
    case 'noRoom':
      return { outcome: { kind: 'noRoom' }, conclusion }
    case 'broken':
      return { outcome: failed(`the call to the vendor broke (${result.reason})`), conclusion }
  }
}
