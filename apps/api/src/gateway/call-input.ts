import { z } from 'zod'

/** Input of `gateway.chat`: one call, as a client would make it. */
export interface CallInput {
  readonly model: string
  readonly prompt: string
  readonly maxOutputTokens: number
}

export const callSchema: z.ZodType<
  CallInput,
  Omit<CallInput, 'maxOutputTokens'> & { maxOutputTokens?: number | undefined }
> = z.strictObject({
  model: z.string().min(1).max(200),
  prompt: z.string().min(1).max(20_000),
  maxOutputTokens: z.number().int().min(1).max(4_096).default(256),
})
