import { chatAnswerCharacters } from '../counting/answer-characters.js'
import { fieldOf } from '../counting/json-value.js'
import { chatPromptCharacters } from '../counting/prompt-characters.js'
import { maxOutputTokens } from '../counting/reservation.js'
import { isChatAnswer } from './chat-answer.js'
import { chatStream } from './chat-stream.js'
import type { Door } from './door.js'

/** Chat Completions. */
export const chatDoor: Door = {
  path: '/chat/completions',
  promptCharacters: chatPromptCharacters,
  maxOutputTokens,
  // The request's own spelling where it has one; OpenAI's newer models know the longer one only.
  capField: (body, vendor) => {
    if (fieldOf(body, 'max_completion_tokens') !== undefined) return 'max_completion_tokens'
    if (fieldOf(body, 'max_tokens') !== undefined) return 'max_tokens'
    return vendor === 'openai' ? 'max_completion_tokens' : 'max_tokens'
  },
  isAnswer: isChatAnswer,
  answerCharacters: chatAnswerCharacters,
  stream: chatStream,
}
