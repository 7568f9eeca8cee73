import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import { callSchema } from '../gateway/call-input.js'
import { refusalIn } from '../gateway/check-key.js'
import { readChatAnswer } from '../gateway/read-chat-answer.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

const probeTimeoutMs = 3_000
const listTimeoutMs = 20_000
/** A call may wait for quota and try several keys. */
const callTimeoutMs = 120_000
/** Most models of an answer; a form suggests no more. */
const maxModels = 1_000

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) })

/** The gateway as this server reaches it: for the dashboard, whose browser may not. */
export const gatewayRouter = router({
  /** Its address, and whether it answers. */
  get: readProcedure.query(async ({ ctx, signal }) => {
    const { url: ownUrl, publicUrl: url, token } = ctx.gateway.place
    const needsToken = token !== null
    const probe = { method: 'GET', path: '/healthz', timeoutMs: probeTimeoutMs, signal } as const
    try {
      const { httpStatus } = await ctx.gateway.ask(probe)
      // By another program at this address, or by a proxy before the gateway.
      const fault = httpStatus === 200 ? null : `${ownUrl} answers ${httpStatus}: check QUOTA_GATEWAY_URL`
      return { url, needsToken, fault }
    } catch (error) {
      return { url, needsToken, fault: error instanceof Error ? error.message : String(error) }
    }
  }),

  /** The names of models that a call may ask for, at most a thousand. */
  models: readProcedure.query(async ({ ctx, signal }) => {
    const answer = await ctx.gateway.ask({
      ...{ method: 'GET', path: '/v1/models', timeoutMs: listTimeoutMs, signal },
    })
    const list = modelsSchema.safeParse(answer.body).data
    if (answer.httpStatus !== 200 || list === undefined)
      throw new TRPCError({ code: 'BAD_GATEWAY', message: refusalIn(answer) })
    return { models: list.data.slice(0, maxModels).map(({ id }) => id) }
  }),

  /** Makes one call through the gateway: it is routed, counted and charged like any other. */
  chat: adminProcedure.input(callSchema).mutation(async ({ ctx, input, signal }) => {
    const { model, prompt, maxOutputTokens } = input
    const body = { model, messages: [{ role: 'user', content: prompt }], max_tokens: maxOutputTokens }
    const path = '/v1/chat/completions'
    return readChatAnswer(
      await ctx.gateway.ask({ method: 'POST', path, body, timeoutMs: callTimeoutMs, signal }),
    )
  }),
})
