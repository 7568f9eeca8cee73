import { readUsage } from '@quotakeeper/vendors'
import { isObject } from '../json-value.js'
import { estimateTokens } from '../settlement/reservation.js'
import type { EndpointRequest } from './endpoint-request.js'
import { type JsonFormat, readJsonAnswer } from './read-json-answer.js'

const unknownUsage = readUsage(undefined)

/**
 * The request for the number of tokens that a prompt would have: answered by a vendor that can tell, whose limits of these
 * calls are apart, or else with what reservations estimate. It takes nothing of the quotas here.
 */
export function tokenCountRequest(
  asked: Pick<EndpointRequest, 'model' | 'needs' | 'marks' | 'sealed' | 'isServedBy' | 'writeFor'> & {
    /** The field of the answer that has the number. */
    readonly answerField: string
    /** What else the answer has; nothing if left out. */
    readonly beside?: Readonly<Record<string, unknown>>
    /** Of the prompt; null where it cannot be estimated, since a part of it is kept by its vendor. */
    readonly promptCharacters: () => number | null
  },
): EndpointRequest {
  const { answerField, beside = {}, promptCharacters, ...request } = asked
  const format: JsonFormat = {
    isAnswer: body => isObject(body) && typeof body[answerField] === 'number',
    answerCharacters: () => 0,
    // What it counts is not used.
    usageOf: () => unknownUsage,
    stream: null,
  }
  return {
    ...request,
    promptCharacters: 0,
    output: { maxTokens: 0, answerCount: 1 },
    requestCount: 0,
    isCountedApart: true,
    stream: null,
    readAnswer: answer => readJsonAnswer(format, answer, null),
    usageOf: format.usageOf,
    answerInstead: ({ code }) => {
      const characters = code === 'model_not_found' ? null : promptCharacters()
      if (characters === null) return null
      return {
        headers: { 'x-quotakeeper-estimated': 'true' },
        body: { ...beside, [answerField]: Math.max(1, estimateTokens(characters)) },
      }
    },
  }
}
