import type { z } from 'zod'
import { QuotaError } from '../domain/quota-error.js'

/**
 * Parses the input, with defaults applied.
 * @throws QuotaError INVALID_INPUT that names the first offending field.
 */
export function parse<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw invalidInput(result.error)
}

/** Turns a schema's error into one that names the first offending field and what is wrong. */
export function invalidInput(error: z.ZodError): QuotaError {
  const first = error.issues[0]
  const path = first?.path ?? []
  const field = (first?.code === 'unrecognized_keys' ? [...path, ...first.keys.slice(0, 1)] : path).join('.')
  const message = first?.message ?? 'the input is not valid'
  if (field === '') return new QuotaError('INVALID_INPUT', message, { cause: error })
  return new QuotaError('INVALID_INPUT', `${field}: ${message}`, { field, cause: error })
}
