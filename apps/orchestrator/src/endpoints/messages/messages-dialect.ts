import { readUsage } from '@quotakeeper/vendors'
import type { SpokenDialect } from '../translation/spoken-dialect.js'
import { isMessagesAnswer, messagesAnswerCharacters } from './messages-answer.js'
import { answerMarks } from './messages-marks.js'
import { messagesStream } from './messages-stream.js'
import { writeMessagesRequest } from './write-messages-request.js'

/** Anthropic's Messages, as vendors speak it. */
export const messagesDialect: SpokenDialect = {
  name: 'messages',
  endpoint: 'messages',
  format: {
    isAnswer: isMessagesAnswer,
    answerCharacters: messagesAnswerCharacters,
    usageOf: readUsage,
    stream: messagesStream,
    marksOf: answerMarks,
  },
  idOf: unique => `msg_${unique}`,
  write: writeMessagesRequest,
}
