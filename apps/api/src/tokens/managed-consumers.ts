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

/** Refuses changes of a subject that is not a consumer below that of the caller's token. @throws as {@link refuseUnmanagedConsumer} does */
export async function refuseUnmanagedSubject(ctx: Managing, { kind, name }: SubjectRef): Promise<void> {
  if (boundOf(ctx) === null) return
  if (kind !== consumerKind) throw forbidden(`a ${kind} is changed by a token without a consumer`)
  await refuseUnmanagedConsumer(ctx, name)
}

/**
 * The settings that a caller may give to a consumer. A token of a consumer changes those below it, and registers new ones
 * with a parent there. Which providers serve them and whether they see costs stays as the operator has set it.
 *
 * @throws TRPCError FORBIDDEN; QuotaError STORE_UNAVAILABLE
 */
export async function managedRequest(ctx: Managing, request: ConsumerRequest): Promise<ConsumerRequest> {
  const { token } = ctx.caller
  if (token === null || token.consumer === null) return request
  const { name, parent, providers, showCost, limits } = request
  const before = await consumerNamed(ctx, name)
  if (before === null) await refuseUsedName(ctx, { name, own: token.consumer })
  else await refuseUnmanagedConsumer(ctx, name)
  if (parent !== undefined || before === null) await refuseParent(ctx, parent ?? null)
  if (name === token.consumer)
    throw forbidden(`"${name}" itself is changed by a token of a consumer above it`)
  // Callers are shown null, and may send back what they have read.
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

/** Refuses to remove a consumer with valid tokens, which would call without its limits. @throws QuotaError IN_USE, STORE_UNAVAILABLE */
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

/**
 * Refuses to register a name that was used outside of a consumer: as a label, by a token, or by a consumer that was
 * removed. A token that registers such a name could read its usage and make tokens for it.
 */
async function refuseUsedName(
  ctx: Managing,
  { name, own }: { readonly name: string; readonly own: string },
): Promise<void> {
  // Removed consumers keep their parents.
  if ((await relationTo(ctx.consumerTree, name, own)) !== 'outside') return
  const consumers = [name]
  const page = { cursor: null, pageSize: 1 }
  const days = { from: '0001-01-01', to: '9999-12-31' }
  const [isRemoved, tokens, usage] = await Promise.all([
    ctx.consumerTree.isRemoved(name),
    ctx.tokenRows.page({ ...page, consumers }),
    ctx.service.read({
      type: 'summary',
      providerName: null,
      groupBy: ['consumer'],
      ...days,
      ...page,
      consumers,
    }),
  ])
  if (!isRemoved && tokens.rows.length === 0 && usage.rows.length === 0) return
  throw forbidden(
    `the name "${name}" was used outside of "${own}", which this token is for: choose another name, or register it by a token without a consumer`,
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
