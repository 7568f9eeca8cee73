import {
  type ConsumerRequest,
  type ConsumerView,
  consumerKind,
  mayActFor,
  mayManageConsumer,
  QuotaError,
  relationTo,
  type SubjectRef,
  tokenState,
} from '@quotakeeper/quota-core'
import type { Context } from '../router/context.js'
import { forbidden } from '../router/trpc.js'
import { boundOf } from './consumer-bounds.js'

type Managing = Pick<Context, 'caller' | 'consumerTree' | 'service' | 'tokenRows'>

/**
 * Refuses changes of a consumer that is not below the one of the caller's token.
 * @throws TRPCError FORBIDDEN; QuotaError STORE_UNAVAILABLE
 */
export async function refuseUnmanagedConsumer(ctx: Managing, name: string): Promise<void> {
  const { token } = ctx.caller
  if (token === null || token.consumer === null) return
  if (mayManageConsumer(token, await relationTo(ctx.consumerTree, name, token.consumer))) return
  throw forbidden(`only consumers below "${token.consumer}", which this token is for, may be changed by it`)
}

/** Refuses changes of a subject that is no consumer below the one of the caller's token. @throws as {@link refuseUnmanagedConsumer} does */
export async function refuseUnmanagedSubject(ctx: Managing, { kind, name }: SubjectRef): Promise<void> {
  if (boundOf(ctx) === null) return
  if (kind !== consumerKind) throw forbidden(`a ${kind} is changed by a token without a consumer`)
  await refuseUnmanagedConsumer(ctx, name)
}

/**
 * The settings that a caller may give to a consumer. By a token of a consumer: of those below it, and of new ones with a
 * parent there; which providers serve them, and whether they see costs, is the operator's, and stays as it is.
 *
 * @throws TRPCError FORBIDDEN; QuotaError STORE_UNAVAILABLE
 */
export async function managedRequest(ctx: Managing, request: ConsumerRequest): Promise<ConsumerRequest> {
  const { token } = ctx.caller
  if (token === null || token.consumer === null) return request
  const { name, parent, providers, showCost, limits } = request
  const before = await consumerNamed(ctx, name)
  if (before !== null) await refuseUnmanagedConsumer(ctx, name)
  if (parent !== undefined || before === null) await refuseParent(ctx, parent ?? null)
  if (name === token.consumer)
    throw forbidden(`"${name}" itself is changed by a token of a consumer above it`)
  // Not shown to the caller, and so null in what it sends back.
  if (providers !== undefined && providers !== null)
    throw forbidden('providers of a consumer are set by a token without a consumer')
  if (showCost !== undefined && showCost !== (before?.showCost ?? false))
    throw forbidden('showCost is set by a token without a consumer')
  const isHidden = ({ metric }: { readonly metric: string }): boolean =>
    metric === 'cost' && before?.showCost !== true
  if (limits?.some(isHidden)) throw forbidden('limits on cost are set by a token without a consumer')
  const kept = before?.limits.filter(isHidden) ?? []
  return {
    ...request,
    providers: undefined,
    showCost: undefined,
    limits: limits === undefined ? undefined : [...limits, ...kept],
  }
}

/** Removes no consumer whose tokens are valid: they would call without its limits. @throws QuotaError IN_USE, STORE_UNAVAILABLE */
export async function refuseTokens(ctx: Managing, name: string): Promise<void> {
  const page = { cursor: null, pageSize: 1_000, consumers: [name] }
  const { rows } = await ctx.tokenRows.page(page)
  const valid = rows.find(token => tokenState(token, Date.now()) === 'valid')
  if (valid === undefined) return
  throw new QuotaError(
    'IN_USE',
    `consumer "${name}" has the token "${valid.name}": revoke its tokens first`,
    {
      field: 'name',
    },
  )
}

async function refuseParent(ctx: Managing, parent: string | null): Promise<void> {
  const { token } = ctx.caller
  if (token === null || token.consumer === null) return
  const relation = parent === null ? 'outside' : await relationTo(ctx.consumerTree, parent, token.consumer)
  if (mayActFor(token, relation)) return
  throw forbidden(`the parent must be "${token.consumer}", which this token is for, or a consumer below it`)
}

/** Null if it is not registered. */
async function consumerNamed({ service }: Managing, name: string): Promise<ConsumerView | null> {
  try {
    return await service.consumers.get(name)
  } catch (error) {
    if (error instanceof QuotaError && error.code === 'UNKNOWN_CONSUMER') return null
    throw error
  }
}
