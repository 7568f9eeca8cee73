import { namesOf } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'

/** Azure OpenAI. Every resource has its own address; quotas are per deployment. */
export const azure: Vendor = {
  facts: {
    name: 'azure',
    title: 'Azure OpenAI',
    chatBaseUrl: null,
    endpoints: [
      'completions',
      'responses',
      'responses/compact',
      'images/generations',
      'images/edits',
      'audio/speech',
      'audio/transcriptions',
      'audio/translations',
    ],
    timeZone: 'UTC',
    apiKeyEnv: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    keyHeader: { name: 'api-key', prefix: '' },
    acceptsStreamOptions: true,
    takesNewerFields: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: true,
    quotaHolder: 'resource',
    retiredOn: null,
    priceTable: 'azure',
    sources: [
      {
        url: 'https://learn.microsoft.com/en-au/answers/questions/1839866/rate-limited-with-1-query',
        lookedUpOn: '2026-11-25',
      },
      {
        url: 'https://learn.microsoft.com/en-us/answers/questions/5625878/azure-openai-responses-api-x-ratelimit-headers-val',
        lookedUpOn: '2026-11-25',
      },
      {
        url: 'https://learn.microsoft.com/en-in/AZURE/foundry-classic/openai/reference-preview',
        lookedUpOn: '2026-11-29',
      },
      {
        url: 'https://learn.microsoft.com/en-us/azure/foundry/reference/rest/compactconversation',
        lookedUpOn: '2026-11-30',
      },
      // Of the count of input tokens it says 404, unknown URL.
      {
        url: 'https://learn.microsoft.com/en-us/answers/questions/5889782/404-response-when-executing-getinputtokencountasyn',
        lookedUpOn: '2026-11-30',
      },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: 'rolling-60s', ...namesOf('requests'), resetForm: 'any' },
    { metric: 'tokens', window: 'rolling-60s', ...namesOf('tokens'), resetForm: 'any' },
  ],
  refusals: [
    {
      statuses: [429],
      says: /exceeded (?:the )?token rate limit/i,
      kind: 'rate',
      assumedPeriod: 'minute',
      metric: 'tokens',
    },
    {
      statuses: [429],
      says: /exceeded (?:the )?call rate limit/i,
      kind: 'rate',
      assumedPeriod: 'minute',
      metric: 'requests',
    },
  ],
}
