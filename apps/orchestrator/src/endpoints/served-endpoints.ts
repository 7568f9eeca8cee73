import { speech } from './audio/speech.js'
import { transcriptions, translations } from './audio/transcriptions.js'
import { chatCompletions } from './chat-completions/chat-completions.js'
import { completions } from './completions/completions.js'
import { embeddings } from './embeddings/embeddings.js'
import type { Endpoint } from './endpoint.js'
import type { ErrorDialect } from './error-dialect.js'
import { gemini } from './gemini/gemini.js'
import { googleToken, writeGoogleError } from './gemini/google-error.js'
import { imageEdits, imageVariations } from './images/image-forms.js'
import { imageGenerations } from './images/image-generations.js'
import { anthropicToken, writeAnthropicError } from './messages/anthropic-error.js'
import { countTokens } from './messages/count-tokens.js'
import { messages } from './messages/messages.js'
import { moderations } from './moderations/moderations.js'
import { rerank } from './rerank/rerank.js'
import { compact } from './responses/compact.js'
import { inputTokens } from './responses/input-tokens.js'
import { responses } from './responses/responses.js'
import { writeResponsesError } from './responses/responses-error.js'

/** What the gateway serves. docs/architecture.md lists the files of a new endpoint. */
export const servedEndpoints: readonly Endpoint[] = [
  chatCompletions,
  responses,
  compact,
  inputTokens,
  messages,
  countTokens,
  gemini,
  completions,
  embeddings,
  moderations,
  rerank,
  imageGenerations,
  imageEdits,
  imageVariations,
  speech,
  transcriptions,
  translations,
]

/** In what shape other vendors' clients read errors, by where they call or what they send; all others read OpenAI's. */
export const errorDialects: readonly ErrorDialect[] = [
  {
    path: '/v1/messages',
    header: 'anthropic-version',
    writeError: writeAnthropicError,
    clientToken: anthropicToken,
  },
  { path: '/v1/responses', writeError: writeResponsesError, clientToken: () => null },
  { path: '/v1beta', writeError: writeGoogleError, clientToken: googleToken },
]
