import { countIn, maxAnswerCount, maxTokensIn } from '../count-field.js'
import type { RequestedOutput } from '../endpoint-request.js'

/** The fields of a chat request that limit the output. */
export const outputCapFields = ['max_completion_tokens', 'max_tokens'] as const

/**
 * The output requested by a chat request. The larger of the two fields counts, since vendors differ in which they know;
 * invalid counts set no maximum.
 */
export function requestedOutput(body: unknown): RequestedOutput {
  const caps = outputCapFields.flatMap(field => maxTokensIn(body, field) ?? [])
  const answers = ['n', 'best_of'].map(field => countIn(body, field) ?? 1)
  return {
    maxTokens: caps.length === 0 ? null : Math.max(...caps),
    answerCount: Math.min(Math.max(1, ...answers), maxAnswerCount),
  }
}
