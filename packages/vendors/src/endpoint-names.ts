/**
 * The endpoints of gateways and vendors, named by their path after `/v1/` in OpenAI's and Anthropic's APIs, and by their
 * method in Gemini's own.
 */
export const endpointNames = [
  'chat/completions',
  'embeddings',
  'completions',
  'responses',
  'responses/compact',
  'responses/input_tokens',
  'messages',
  'messages/count_tokens',
  'moderations',
  'rerank',
  'images/generations',
  'images/edits',
  'images/variations',
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
  'generateContent',
  'streamGenerateContent',
  'countTokens',
] as const

export type EndpointName = (typeof endpointNames)[number]
