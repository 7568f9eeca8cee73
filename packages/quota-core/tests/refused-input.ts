import type { z } from 'zod'
import { QuotaError } from '../src/domain/quota-error.js'
import { parse } from '../src/input/parse.js'

/** The error of an invalid input. */
export function refusal(schema: z.ZodType, input: unknown): QuotaError {
  try {
    parse(schema, input)
  } catch (error) {
    if (error instanceof QuotaError) return error
    throw error
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`)
}
