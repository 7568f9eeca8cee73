import type { RequestTrace } from '../../api/quota-api.js'
import type { RouteOutcome, RouteWorld } from '../routed-request.js'

/** A request that was routed. */
interface Routed {
  readonly requestId: string
  readonly model: string
  readonly isStream: boolean
  readonly cameAtMs: number
  readonly outcome: RouteOutcome
  readonly world: Pick<RouteWorld, 'clock' | 'routing'>
}

/** What is told of a request. Nothing of what it asked or was answered. */
export function traceOf({ requestId, model, isStream, cameAtMs, outcome, world }: Routed): RequestTrace {
  return {
    requestId,
    at: new Date(cameAtMs).toISOString(),
    model,
    strategy: world.routing.current().strategy,
    isStream,
    durationMs: Math.max(0, Math.round(world.clock() - cameAtMs)),
    ...outcome.trace,
    ...endOf(outcome),
  }
}

function endOf(
  outcome: RouteOutcome,
): Pick<RequestTrace, 'outcome' | 'httpStatus' | 'code' | 'providerName'> {
  switch (outcome.kind) {
    case 'answer': {
      const { answer, providerName } = outcome
      return { outcome: 'answered', httpStatus: answer.httpStatus, code: '', providerName }
    }
    case 'refusal': {
      const { httpStatus, code } = outcome.refusal
      return { outcome: 'refused', httpStatus, code, providerName: '' }
    }
    case 'gone':
      return { outcome: 'aborted', httpStatus: null, code: '', providerName: '' }
  }
}
