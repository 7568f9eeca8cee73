import { type AcquireRequest, modelSteps, type Reason } from '@quotakeeper/quota-core'
import { keylessProviders } from '../keys/keyless-providers.js'
import { candidateCost } from '../prices/price-book.js'
import type { Context } from '../router/context.js'
import { unknownProvider } from './routing-book.js'
import type { ProposedRouting } from './routing-input.js'
import type { EditableRouting } from './routing-settings.js'

/** Most candidates of an answer. */
const maxCandidates = 200

/** A key that a call may be sent to. */
export interface PlannedCandidate {
  readonly providerName: string
  readonly vendor: string
  /** The vendor's name of the model. */
  readonly model: string
  /** Tried only if the candidates before it failed because no vendor knew the model. */
  readonly onlyIfUnknown: boolean
  /** The first that is used, one that is used if those before it fail, or one that is skipped. */
  readonly use: 'first' | 'next' | 'not_used'
  /** Why it is skipped; empty for others. */
  readonly reasons: readonly Reason[]
}

/** Where a call would go now, with the settings as they are or as proposed. */
export interface RoutingPlan {
  readonly strategy: EditableRouting['strategy']
  /** Whether the model's name is an alias. */
  readonly isAlias: boolean
  /** In the order in which they are tried; at most 200. Empty if no provider serves the name. */
  readonly candidates: readonly PlannedCandidate[]
  /** Candidates beyond 200, which are not assessed. */
  readonly leftOut: number
  /** ISO-8601. The earliest instant at which a candidate can take the call; null if one can now, or if none is known. */
  readonly retryAt: string | null
}

type PlanContext = Pick<Context, 'service' | 'keys' | 'prices' | 'routing'>

/**
 * Where a gateway would send a chat call, and why not elsewhere. Nothing is reserved or stored. Keys whose vendor lacks
 * the endpoint of another kind of call are not left out.
 * @throws QuotaError UNKNOWN_PROVIDER for a proposed priority, STORE_UNAVAILABLE
 */
export async function planCall(
  { service, keys, prices, routing }: PlanContext,
  {
    call,
    proposed = {},
  }: {
    readonly call: Omit<AcquireRequest, 'candidates' | 'strategy'>
    readonly proposed?: ProposedRouting | undefined
  },
): Promise<RoutingPlan> {
  const [settings, providers, find] = await Promise.all([
    routing.forGateways(),
    service.providers(),
    prices.at(Date.now()),
  ])
  const vendors = new Map(providers.map(({ name, vendor }) => [name, vendor]))
  const priorities = new Map(Object.entries(proposed.priorities ?? {}))
  for (const name of priorities.keys()) if (!vendors.has(name)) throw unknownProvider(name)
  const aliases = new Map(Object.entries(proposed.aliases ?? settings.aliases))
  const strategy = proposed.strategy ?? settings.strategy
  const all = modelSteps(call.model, { aliases, providers }).flatMap(step =>
    step.providers.map(({ name }) => ({ step, providerName: name })),
  )
  const kept = all.slice(0, maxCandidates)
  const steps = [...new Set(kept.map(({ step }) => step))]
  const answer = { strategy, isAlias: aliases.has(call.model), leftOut: all.length - kept.length }
  if (kept.length === 0) return { ...answer, candidates: [], retryAt: null }
  const assessed = await service.assess(
    { ...call, strategy },
    {
      steps: steps.map(step =>
        kept
          .filter(other => other.step === step)
          .map(({ providerName }) => ({ providerName, model: step.model })),
      ),
      priorities,
      keyless: await keylessProviders(keys, [...new Set(kept.map(({ providerName }) => providerName))]),
      costAt: (vendor, model) =>
        call.costBasis === 'unstated' ? candidateCost(find(vendor, model), call) : null,
    },
  )
  const inOrder = assessed.flatMap((step, index) =>
    step.map(candidate => ({ ...candidate, onlyIfUnknown: steps[index]?.onlyIfUnknown ?? false })),
  )
  const first = inOrder.findIndex(({ reasons }) => reasons.length === 0)
  const returns = inOrder.flatMap(({ retryAt }) => retryAt ?? []).sort()
  return {
    ...answer,
    candidates: inOrder.map(({ candidate: { providerName, model }, onlyIfUnknown, reasons }, index) => ({
      providerName,
      vendor: vendors.get(providerName) ?? '',
      model,
      onlyIfUnknown,
      use: reasons.length > 0 ? 'not_used' : index === first ? 'first' : 'next',
      reasons,
    })),
    retryAt: first === -1 ? (returns[0] ?? null) : null,
  }
}
