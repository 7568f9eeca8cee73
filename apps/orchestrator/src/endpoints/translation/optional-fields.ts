import { errorMessageOf, rejectsField } from '@quotakeeper/vendors'
import { fieldOf } from '../../json-value.js'
import type { AddedField } from '../endpoint-request.js'

/**
 * Fields that a vendor may refuse without the answer being another: settings of billing, caching and metadata, and how
 * much is thought, which models that do not think refuse.
 */
export const optionalFields: ReadonlySet<string> = new Set([
  'metadata',
  'output_config',
  'parallel_tool_calls',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning',
  'reasoning_effort',
  'refusal',
  'safety_identifier',
  'service_tier',
  'user',
  'verbosity',
])

/** A field that is left out where the vendor refuses it, or what is in it: a name of a user may be too long. */
export function optionalField(name: string): AddedField {
  return {
    name,
    dependsOnModel: true,
    isMeantBy: (httpStatus, body) =>
      rejectsField(httpStatus, body, name) || (isOfFields(httpStatus) && paramOf(body) === name),
  }
}

const outputCap = /\bmax_(?:completion_|output_)?tokens\b|\bin the completion\b/i
const tooMuch =
  /\btoo (?:large|high|big)\b|\b(?:less|lower|smaller) than\b|\bat most\b|\bexceed|\bmaximum\b|\bup to\b|\bin the completion\b/i

/**
 * A maximum of output that is more than the model can write, as of clients that always ask for the same: without it the
 * answer is as long as it can be.
 */
export function largeCap(maxTokens: number): AddedField {
  return {
    name: `max_tokens of ${maxTokens}`,
    dependsOnModel: true,
    isMeantBy: (httpStatus, body) => {
      if (!isOfFields(httpStatus)) return false
      const message = errorMessageOf(body).slice(0, 4_000)
      return outputCap.test(message) && tooMuch.test(message)
    },
  }
}

function isOfFields(httpStatus: number): boolean {
  return httpStatus === 400 || httpStatus === 422
}

function paramOf(body: unknown): unknown {
  return fieldOf(fieldOf(body, 'error'), 'param')
}
