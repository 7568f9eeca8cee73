import { fieldOf } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { writeOpenAiError } from '../openai-error.js'
import { readJsonRequest } from '../read-json-request.js'
import { dialectRequest } from '../translation/dialect-endpoint.js'
import { chatDialect } from './chat-dialect.js'
import { chatPromptCharacters } from './prompt-characters.js'
import { requestedOutput } from './requested-output.js'
import { wantsUsage } from './stream-options.js'

/** Chat Completions, whole and streamed. */
export const chatCompletions: Endpoint = {
  path: '/v1/chat/completions',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: ({ id, cameAtMs, ...request }) =>
    readJsonRequest({ id, cameAtMs, ...request }, read =>
      dialectRequest(chatDialect, {
        ...read,
        ...{ id, cameAtMs },
        promptCharacters: chatPromptCharacters(read.body),
        output: requestedOutput(read.body),
        isStream: fieldOf(read.body, 'stream') === true,
        wantsUsage: wantsUsage(read.body),
        needs: [],
        marks: [],
      }),
    ),
  writeError: writeOpenAiError,
}
