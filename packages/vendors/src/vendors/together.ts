import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Together. Limits per organization and model that follow recent use, so that their windows are not stated. */
export const together: Vendor = {
  facts: {
    name: 'together',
    title: 'Together AI',
    chatBaseUrl: 'https://api.together.xyz/v1',
    endpoints: [
      'completions',
      'rerank',
      'images/generations',
      'audio/speech',
      'audio/transcriptions',
      'audio/translations',
    ],
    timeZone: 'UTC',
    apiKeyEnv: ['TOGETHER_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'together',
    sources: [
      { url: 'https://docs.together.ai/docs/serverless/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://docs.together.ai/docs/inference/openai-compatibility', lookedUpOn: '2026-11-29' },
      { url: 'https://docs.together.ai/reference/chat', lookedUpOn: '2026-11-29' },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    {
      metric: 'requests',
      window: null,
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
      resetForm: 'any',
    },
    {
      metric: 'tokens',
      window: null,
      limit: 'x-tokenlimit-limit',
      remaining: 'x-tokenlimit-remaining',
      reset: 'x-tokenlimit-reset',
      resetForm: 'any',
    },
  ],
  refusals: [],
}
