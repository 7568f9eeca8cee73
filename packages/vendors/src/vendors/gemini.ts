import type { Vendor } from '../vendor.js'
import { bearer, geminiKeyHeaders } from '../vendor-facts.js'

/** Gemini. Limits are per Google Cloud project; days begin at midnight Pacific time. */
export const gemini: Vendor = {
  facts: {
    name: 'gemini',
    title: 'Google Gemini',
    chatBaseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    endpoints: ['generateContent', 'streamGenerateContent', 'countTokens'],
    // Its own API lies beside the compatible one.
    endpointPaths: {
      generateContent: '../models/{model}:generateContent',
      streamGenerateContent: '../models/{model}:streamGenerateContent',
      countTokens: '../models/{model}:countTokens',
    },
    timeZone: 'America/Los_Angeles',
    apiKeyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    keyHeader: bearer,
    endpointKeyHeaders: geminiKeyHeaders,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'project',
    retiredOn: null,
    priceTable: 'google',
    sources: [
      { url: 'https://ai.google.dev/gemini-api/docs/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://ai.google.dev/gemini-api/docs/openai', lookedUpOn: '2026-11-25' },
      { url: 'https://ai.google.dev/api/tokens', lookedUpOn: '2026-11-29' },
      { url: 'https://github.com/simonw/llm-gemini/issues/97', lookedUpOn: '2026-11-29' },
      { url: 'https://github.com/continuedev/continue/issues/10513', lookedUpOn: '2026-11-28' },
      { url: 'https://github.com/google/generative-ai-docs/issues/356', lookedUpOn: '2026-11-28' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [],
  refusals: [
    // A model that the free tier does not include, so that waiting does not help.
    { statuses: [429], says: /\blimit: 0\b/, kind: 'rate', period: 'day' },
    {
      statuses: [403],
      says: /reported as leaked/i,
      kind: 'bad_credential',
      models: '*',
      remedy: 'Google has found this key in public and blocked it: create a new one in AI Studio, and set it',
    },
    // The key is valid elsewhere, but not for this API, which refuses all its calls.
    {
      statuses: [403],
      named: /^(?:consumer_suspended|consumer_invalid|service_disabled|api_key_.*_blocked)$/,
      kind: 'bad_credential',
      models: '*',
      remedy: 'Google has suspended the project or blocked this key: check both in AI Studio',
    },
  ],
}
