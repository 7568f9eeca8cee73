import { countIn, maxAnswerCount } from '../count-field.js'
import type { RequestedOutput } from '../endpoint-request.js'

/** More is no vendor's, and is reserved as this. */
const maxTokensOfAnswer = 1_000_000_000

/** The fields in which a chat request sets the most output of an answer. */
export const outputCapFields = ['max_completion_tokens', 'max_tokens'] as const

/**
 * The output that a chat request asks for. Of its two fields the larger counts, since vendors differ in which
 * of them they know; what a vendor would not take as a count sets no maximum.
 */
export function requestedOutput(body: unknown): RequestedOutput {
  const caps = outputCapFields.flatMap(field => countIn(body, field) ?? [])
  const answers = ['n', 'best_of'].map(field => countIn(body, field) ?? 1)
  return {
    maxTokens: caps.length === 0 ? null : Math.min(Math.max(...caps), maxTokensOfAnswer),
    answerCount: Math.min(Math.max(1, ...answers), maxAnswerCount),
  }
}
