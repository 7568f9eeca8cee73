import { readUsage } from '@quotakeeper/vendors'
import type { SpokenDialect } from '../translation/spoken-dialect.js'
import { chatAnswerCharacters } from './answer-characters.js'
import { isChatAnswer } from './chat-answer.js'
import { chatStream } from './chat-stream.js'
import { writeChatRequest } from './write-chat-request.js'

/** Chat completions, as vendors speak them. */
export const chatDialect: SpokenDialect = {
  name: 'chat',
  endpoint: 'chat/completions',
  format: {
    isAnswer: isChatAnswer,
    answerCharacters: chatAnswerCharacters,
    usageOf: readUsage,
    stream: chatStream,
  },
  idOf: unique => `chatcmpl-${unique}`,
  write: writeChatRequest,
}
