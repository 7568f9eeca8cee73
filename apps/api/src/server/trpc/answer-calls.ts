import { callTRPCProcedure, getErrorShape, getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import type { Context } from '../../router/context.js'
import { appRouter } from '../../router/root.js'
import type { ProcedureCall, ProcedureCalls } from './read-calls.js'

/** What a request is answered. */
export interface CallsAnswer {
  readonly httpStatus: number
  readonly body: unknown
  readonly errors: readonly TRPCError[]
}

/** Carries calls out, all at once, and answers as tRPC's own adapter does. Never rejects. */
export async function answerCalls(
  { isBatch, calls }: ProcedureCalls,
  ctx: Context,
  signal?: AbortSignal,
): Promise<CallsAnswer> {
  const errors: TRPCError[] = []
  const results = await Promise.all(
    calls.map(async (call, batchIndex) => {
      try {
        return { result: { data: await carryOut(call, { ctx, batchIndex, signal }) } }
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause)
        errors.push(error)
        return { error: getErrorShape({ config: appRouter._def._config, ctx, error, ...call }) }
      }
    }),
  )
  const body = isBatch ? results : results[0]
  // Of a lone error or of equal ones theirs, of a mixture 207.
  return { httpStatus: getHTTPStatusCode(body ?? [], errors), body, errors }
}

function carryOut(
  { path, type, input }: ProcedureCall,
  given: {
    readonly ctx: Context
    readonly batchIndex: number
    /** Aborts when nobody waits for the answer any more. */
    readonly signal: AbortSignal | undefined
  },
): Promise<unknown> {
  return callTRPCProcedure({ router: appRouter, path, type, getRawInput: async () => input, ...given })
}
