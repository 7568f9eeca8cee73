import type { EndpointRequest, Reference } from '../endpoints/endpoint-request.js'
import type { GatewayError } from '../endpoints/gateway-error.js'
import type { Makers } from './makers.js'
import type { Refusal } from './refusal.js'
import type { Candidate, Step } from './resolve-model.js'
import type { RoutedRequest } from './routed-request.js'
import type { MissingProvider, ReadyProvider } from './routing-table.js'

/** The steps of a request, or why nobody can be asked. */
export type FittingSteps =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

/**
 * The steps with those providers alone that can be asked this very request: their vendors have the endpoint, can be
 * put what it insists on, and hold what it refers to. Those that have made what is in it come first in each step.
 */
export function fittingSteps(
  steps: readonly Step[],
  { asked, tokenConsumer }: Pick<RoutedRequest, 'asked' | 'tokenConsumer'>,
  makers: Makers,
): FittingSteps {
  const serving = steps.map(step => without(step, candidate => lackOf(candidate, asked)))
  const errors: GatewayError[] = []
  const fitting = serving.map(step =>
    without(step, ({ provider }) => {
      const error = asked.refusalFor?.(provider) ?? null
      if (error === null) return null
      errors.push(error)
      return missing(provider, error.message, false)
    }),
  )
  const readable = fitting.map(step => without(step, candidate => cannotRead(candidate, asked, makers)))
  const [sealed] = asked.sealed ?? []
  if (sealed !== undefined && isEmpty(readable) && !isEmpty(fitting)) return refusalOf(unreadable(sealed))
  const held = holding(readable, asked.needs ?? [], { makers, tokenConsumer })
  if (held.kind === 'refusal') return held
  const [error] = errors
  if (error !== undefined && isEmpty(held.steps)) return refusalOf(error)
  return { kind: 'steps', steps: held.steps.flatMap(step => makersFirst(step, asked, makers)) }
}

/** The step without candidates for which there is a reason. */
function without(step: Step, reasonFor: (candidate: Candidate) => MissingProvider | null): Step {
  const reasons = step.candidates.map(reasonFor)
  const gone = reasons.filter(reason => reason !== null)
  if (gone.length === 0) return step
  const left = step.candidates.filter((_, place) => reasons[place] === null)
  return { ...step, candidates: left, missing: [...step.missing, ...gone] }
}

function lackOf({ provider }: Candidate, asked: EndpointRequest): MissingProvider | null {
  return asked.isServedBy(provider) ? null : missing(provider, 'the vendor does not have this endpoint', true)
}

/** What nobody is known to have made is put to any: its vendor says whether it can read it. */
function cannotRead(
  { provider }: Candidate,
  { sealed = [] }: EndpointRequest,
  makers: Makers,
): MissingProvider | null {
  const foreign = sealed.find(({ id }) => !['own', 'unknown'].includes(makers.of(id, provider)))
  return foreign === undefined
    ? null
    : missing(provider, `another key has made "${foreign.field}", and alone can read it`, false)
}

function missing(
  { name, vendor, models, keyVariable, keyFingerprint }: ReadyProvider,
  reason: string,
  lacksEndpoint: boolean,
): MissingProvider {
  return { name, vendor, models, reason, lacksEndpoint, keyVariable, keyFingerprint }
}

/**
 * What a vendor keeps, it has for the key that made it. Where that is not known, the only one that could have it is asked,
 * and of several none: they would deny it in turn.
 */
function holding(
  steps: readonly Step[],
  needs: readonly Reference[],
  { makers, tokenConsumer }: { readonly makers: Makers; readonly tokenConsumer: string | null },
): FittingSteps {
  const [first] = needs
  const names = new Set(steps.flatMap(({ candidates }) => candidates.map(({ provider }) => provider.name)))
  if (first === undefined || names.size === 0) return { kind: 'steps', steps }
  const makersOfNeeds = needs.map(({ id }) => makers.nameOf(id, tokenConsumer))
  // To a client with a token of a consumer, what others have stored does not exist.
  if (tokenConsumer !== null && makersOfNeeds.includes(null)) return refusalOf(unknownState(first))
  const known = new Set(makersOfNeeds.filter(name => name !== null))
  const [holder] = known.size === 1 ? known : names
  const isOnly = known.size === 1 || (known.size === 0 && names.size === 1)
  if (!isOnly || holder === undefined || !names.has(holder))
    return refusalOf(tokenConsumer === null ? notHeld(first) : unknownState(first))
  return {
    kind: 'steps',
    steps: steps.map(step =>
      without(step, ({ provider }) =>
        provider.name === holder ? null : missing(provider, `${first.field} is held by another key`, false),
      ),
    ),
  }
}

function unknownState({ field, id }: Reference): GatewayError {
  const message = `What "${field}" refers to (${JSON.stringify(id.slice(0, 100))}) is not known here: send the whole conversation instead.`
  return { httpStatus: 400, type: 'invalid_request_error', code: 'state_not_held', message, param: field }
}

function unreadable({ field }: Reference): GatewayError {
  const message = `No key that can take this call can read "${field}", which another has made: send the whole conversation instead.`
  return { httpStatus: 400, type: 'invalid_request_error', code: 'state_not_held', message, param: field }
}

function notHeld({ field, id }: Reference): GatewayError {
  return {
    httpStatus: 400,
    type: 'invalid_request_error',
    code: 'state_not_held',
    message: `No key that can take this call is known to hold what "${field}" refers to (${JSON.stringify(id.slice(0, 100))}): send the whole conversation instead, or pin the key that has it, as "key/model".`,
    param: field,
  }
}

/** In two steps, where some have made what is in the request and others have not. */
function makersFirst(step: Step, { marks = [] }: EndpointRequest, makers: Makers): readonly Step[] {
  const isMaker = ({ provider }: Candidate): boolean =>
    marks.some(mark => makers.of(mark, provider) === 'own')
  const first = marks.length === 0 || step.onlyIfUnknown ? [] : step.candidates.filter(isMaker)
  if (first.length === 0 || first.length === step.candidates.length) return [step]
  const others = step.candidates.filter(candidate => !first.includes(candidate))
  return [
    { ...step, candidates: first, missing: [] },
    { ...step, candidates: others },
  ]
}

function isEmpty(steps: readonly Step[]): boolean {
  return steps.every(({ candidates }) => candidates.length === 0)
}

function refusalOf({ httpStatus, type, code, message, param }: GatewayError): FittingSteps {
  return { kind: 'refusal', refusal: { httpStatus, type, code, message, param, retryAtMs: null } }
}
