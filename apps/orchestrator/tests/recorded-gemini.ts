import type { RecordedExchange } from './recorded-exchange.js'
import { events, json, sse } from './recorded-forms.js'

const about = { modelVersion: 'gemini-2.5-flash', responseId: 'r1' }

/** A candidate of Gemini's own API. */
export const candidate = (parts: readonly object[], finishReason?: string): object => ({
  content: { parts, role: 'model' },
  ...(finishReason === undefined ? {} : { finishReason }),
  index: 0,
})

export const geminiAnswer = {
  candidates: [candidate([{ text: 'Hello there' }], 'STOP')],
  usageMetadata: {
    promptTokenCount: 4,
    candidatesTokenCount: 10,
    totalTokenCount: 33,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }],
    thoughtsTokenCount: 19,
  },
  ...about,
}

/** The same in the events of a stream, the usage in each. */
export const geminiEvents = [
  {
    candidates: [candidate([{ text: 'Hel' }])],
    usageMetadata: { promptTokenCount: 4, totalTokenCount: 23, thoughtsTokenCount: 19 },
    ...about,
  },
  { ...geminiAnswer, candidates: [candidate([{ text: 'lo there' }], 'STOP')] },
] as const

const asked = {
  request: () => ({ contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] }),
  charge: { requestCount: 1, characterCount: 21, inputTokenCount: 4, outputTokenCount: 29 },
  keyHeader: 'x-goog-api-key',
  failure: { code: 502, status: 'UNAVAILABLE' },
}

function atMethod(method: string, query = '', vendorQuery = query) {
  return {
    ...{ endpoint: method, vendorEndpoint: method },
    paths: (model: string) => ({
      client: `/v1beta/models/${model}:${method}${query}`,
      vendor: `/v1/models/${model}:${method}${vendorQuery}`,
    }),
  }
}

/** Gemini's own API, at vendors of any name. */
export const geminiExchanges: readonly RecordedExchange[] = [
  {
    ...asked,
    ...atMethod('generateContent'),
    ...{ form: 'whole', contentType: json, answer: JSON.stringify(geminiAnswer) },
  },
  {
    ...asked,
    ...atMethod('streamGenerateContent', '?alt=sse'),
    ...{ form: 'streamed', contentType: events, answer: sse(...geminiEvents) },
  },
  {
    ...asked,
    ...atMethod('streamGenerateContent', '', '?alt=sse'),
    ...{ form: 'array', contentType: json, answer: JSON.stringify(geminiAnswer) },
    read: `[${JSON.stringify(geminiAnswer)}]`,
  },
]
