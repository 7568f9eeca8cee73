import { callTRPCProcedure, getErrorShape, getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import type { Context } from '../../router/context.js'
import { appRouter } from '../../router/root.js'
import type { ProcedureCall, ProcedureCalls } from './read-calls.js'

/** The answer to a request. */
export interface CallsAnswer {
  readonly httpStatus: number
  readonly body: unknown
  readonly errors: readonly TRPCError[]
}

/** Runs calls concurrently and answers like tRPC's adapter. Never rejects. */
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
  // The status of a single error or of equal ones; 207 for a mixture.
  return { httpStatus: getHTTPStatusCode(body ?? [], errors), body, errors }
}

function carryOut(
  { path, type, input }: ProcedureCall,
  given: {
    readonly ctx: Context
    readonly batchIndex: number
    /** Aborts when the client disconnects. */
    readonly signal: AbortSignal | undefined
  },
): Promise<unknown> {
  return callTRPCProcedure({ router: appRouter, path, type, getRawInput: async () => input, ...given })
}
