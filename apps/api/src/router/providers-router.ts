import {
  nameInputSchema,
  type ProviderRequest,
  removeProviderSchema,
  setEnabledSchema,
} from '@quotakeeper/quota-core'
import { withPreset } from '../config/preset-of-provider.js'
import type { Context } from './context.js'
import { listSchema } from './lists.js'
import { providerInputSchema } from './provider-input.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

/** Providers: credentials at vendors and their limits. */
export const providersRouter = router({
  list: readProcedure.input(listSchema).query(({ ctx, input }) => ctx.service.providersPage(input)),

  get: readProcedure.input(nameInputSchema).query(({ ctx, input }) => ctx.service.provider(input.name)),

  upsert: adminProcedure.input(providerInputSchema).mutation(async ({ ctx, input }) => {
    if (input.metadata !== undefined || input.vendor !== undefined) await checkPlace(ctx, input)
    const by = { actor: ctx.caller.actor, managedBy: 'api' } as const
    const { service } = ctx
    if (typeof input.metadata?.['preset'] !== 'string') return service.upsertProvider(input, by)
    const before = (await service.providers()).find(({ name }) => name === input.name) ?? null
    // What will be refused makes no pool.
    if (input.onlyIf === (before === null ? 'exists' : 'absent')) return service.upsertProvider(input, by)
    return service.upsertProvider(await withPreset(input, before, { service, actor: by.actor }), by)
  }),

  remove: adminProcedure.input(removeProviderSchema).mutation(async ({ ctx, input }) => {
    await ctx.service.removeProvider(input, { actor: ctx.caller.actor, managedBy: 'api' })
    // A provider of this name that is made later must not get it.
    await ctx.sealing.remove(input.name, ctx.caller.actor)
    return { name: input.name }
  }),

  setEnabled: adminProcedure
    .input(setEnabledSchema)
    .mutation(({ ctx, input }) => ctx.service.setProviderEnabled(input, ctx.caller.actor)),

  retry: adminProcedure
    .input(nameInputSchema)
    .mutation(({ ctx, input }) => ctx.service.retryProvider(input.name, ctx.caller.actor)),
})

/**
 * Checks the resulting address and key variable; omitted fields stay unchanged. @throws QuotaError INVALID_INPUT,
 * STORE_UNAVAILABLE
 */
async function checkPlace(
  { service, places }: Pick<Context, 'service' | 'places'>,
  { name, vendor, metadata }: ProviderRequest,
): Promise<void> {
  const { state } = await service.read({ type: 'snapshot', providerNames: [name], counters: { calls: [] } })
  const before = state.provider(name) ?? null
  const wanted = { vendor: vendor ?? before?.vendor ?? '', metadata: metadata ?? before?.metadata ?? {} }
  places.check(wanted, before)
}
