import type { z } from 'zod'
import { QuotaError } from '../domain/quota-error.js'
import { issueText } from './issue-text.js'

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
  const names = first?.code === 'unrecognized_keys' ? [...path, ...first.keys.slice(0, 1)] : path
  // A symbol is not joined by itself.
  const field = names.map(String).join('.')
  const message = first === undefined ? 'is not valid' : issueText(first)
  if (field === '') return new QuotaError('INVALID_INPUT', `the input ${message}`, { cause: error })
  return new QuotaError('INVALID_INPUT', `${field}: ${message}`, { field, cause: error })
}
