import { readUsage } from '@quotakeeper/vendors'
import type { SpokenDialect } from '../translation/spoken-dialect.js'
import { PassedResponses } from './passed-responses.js'
import { isPendingResponse, isResponsesAnswer, responsesAnswerCharacters } from './responses-answer.js'
import { answerMarks } from './responses-marks.js'
import { responsesStream } from './responses-stream.js'
import { writeResponsesRequest } from './write-responses-request.js'

/** OpenAI's Responses, as vendors speak it. */
export const responsesDialect: SpokenDialect = {
  name: 'responses',
  endpoint: 'responses',
  format: {
    isAnswer: isResponsesAnswer,
    answerCharacters: responsesAnswerCharacters,
    usageOf: readUsage,
    stream: responsesStream,
    marksOf: answerMarks,
    isPending: isPendingResponse,
  },
  rewrite: () => new PassedResponses(),
  idOf: unique => `resp_${unique}`,
  write: writeResponsesRequest,
}
