import { z } from 'zod'
import { refusalIn } from './check-key.js'
import type { GatewayAnswer } from './gateway-calls.js'

/** What became of a call. */
export interface CallAnswer {
  readonly httpStatus: number
  /** The id of its trace, which the gateway reports within a few seconds; null without one. */
  readonly requestId: string | null
  /** The text of the answer; null for a refusal. */
  readonly text: string | null
  /** Why it was refused; null for an answer. */
  readonly refusal: string | null
}

const schema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
})

/** Reads the gateway's answer to a chat completion. */
export function readChatAnswer(answer: GatewayAnswer): CallAnswer {
  const { httpStatus, requestId, body } = answer
  const text = schema.safeParse(body).data?.choices[0]?.message.content
  const isAnswer = httpStatus === 200 && text !== undefined
  return {
    ...{ httpStatus, requestId },
    text: isAnswer ? (text ?? '') : null,
    refusal: isAnswer ? null : refusalIn(answer),
  }
}
