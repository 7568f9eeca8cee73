import { namesOf } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** xAI. Its output count excludes reasoning, its total includes it; spent credit is reported by 429 or 403. */
export const xai: Vendor = {
  facts: {
    name: 'xai',
    title: 'xAI',
    chatBaseUrl: 'https://api.x.ai/v1',
    endpoints: ['completions', 'responses', 'responses/compact', 'images/generations'],
    timeZone: 'UTC',
    apiKeyEnv: ['XAI_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'x-ai',
    sources: [
      { url: 'https://docs.x.ai/docs/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://docs.x.ai/api-reference', lookedUpOn: '2026-11-29' },
      { url: 'https://docs.x.ai/developers/rest-api-reference/inference/legacy', lookedUpOn: '2026-11-29' },
      {
        url: 'https://docs.x.ai/developers/advanced-api-usage/context-compaction.md',
        lookedUpOn: '2026-11-30',
      },
    ],
  },
  refill: 'calendar',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: null, ...namesOf('requests'), resetForm: 'any' },
    { metric: 'tokens', window: null, ...namesOf('tokens'), resetForm: 'any' },
  ],
  refusals: [
    // The free tokens of the last 24 hours.
    { names: ['subscription:free-usage-exhausted'], kind: 'rate', period: 'day', metric: 'tokens' },
  ],
}
