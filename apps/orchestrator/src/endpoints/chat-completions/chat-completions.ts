import { fieldOf } from '../../json-value.js'
import { askedOutput, outputCapFields } from '../../settlement/reservation.js'
import type { Door } from '../endpoint.js'
import { chatAnswerCharacters } from './answer-characters.js'
import { isChatAnswer } from './chat-answer.js'
import { chatStream } from './chat-stream.js'
import { chatPromptCharacters } from './prompt-characters.js'

/** Chat Completions. */
export const chatDoor: Door = {
  path: '/chat/completions',
  promptCharacters: chatPromptCharacters,
  askedOutput,
  // Every one that the request has, since vendors differ in which they follow; OpenAI's newer models know the
  // longer one only.
  capFields: (body, vendor) => {
    const given = outputCapFields.filter(field => typeof fieldOf(body, field) === 'number')
    if (given.length > 0) return given
    return vendor === 'openai' ? ['max_completion_tokens'] : ['max_tokens']
  },
  isAnswer: isChatAnswer,
  answerCharacters: chatAnswerCharacters,
  stream: chatStream,
}
