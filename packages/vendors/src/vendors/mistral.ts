import { periodGroups } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Mistral. Limits of the organization by second, minute and month; unknown request fields are refused. */
export const mistral: Vendor = {
  facts: {
    name: 'mistral',
    title: 'Mistral',
    chatBaseUrl: 'https://api.mistral.ai/v1',
    endpoints: ['moderations', 'audio/transcriptions'],
    timeZone: 'UTC',
    apiKeyEnv: ['MISTRAL_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: false,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'mistral',
    sources: [
      { url: 'https://docs.mistral.ai/deployment/ai-studio/tier', lookedUpOn: '2026-11-25' },
      {
        url: 'https://help.mistral.ai/en/articles/424390-how-do-api-rate-limits-work-and-how-do-i-increase-them',
        lookedUpOn: '2026-11-25',
      },
      { url: 'https://github.com/mistralai/platform-docs-public/commit/60068ff', lookedUpOn: '2026-11-29' },
      {
        url: 'https://docs.langchain4j.dev/apidocs/dev/langchain4j/model/mistralai/internal/api/MistralAiApi.html',
        lookedUpOn: '2026-11-29',
      },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [
    ...periodGroups('calendar'),
    {
      metric: 'tokens',
      window: 'minute',
      limit: 'x-ratelimitbysize-limit-minute',
      remaining: 'x-ratelimitbysize-remaining-minute',
      reset: 'ratelimitbysize-reset',
      resetForm: 'number',
    },
    {
      metric: 'tokens',
      window: 'month',
      limit: 'x-ratelimitbysize-limit-month',
      remaining: 'x-ratelimitbysize-remaining-month',
      reset: 'x-ratelimitbysize-reset-month',
      resetForm: 'number',
    },
  ],
  refusals: [
    // One request a second; the next second has room.
    {
      statuses: [429],
      says: /^Requests rate limit exceeded/,
      kind: 'rate',
      assumedPeriod: 'second',
      metric: 'requests',
    },
  ],
}
