import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** OpenRouter. Free models have a quota of requests per account and UTC day, others spend credit. */
export const openrouter: Vendor = {
  facts: {
    name: 'openrouter',
    title: 'OpenRouter',
    chatBaseUrl: 'https://openrouter.ai/api/v1',
    timeZone: 'UTC',
    apiKeyEnv: ['OPENROUTER_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: true,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    sources: [
      { url: 'https://openrouter.ai/docs/api_reference/limits', lookedUpOn: '2026-11-25' },
      { url: 'https://openrouter.zendesk.com/hc/en-us/articles/39501163636379', lookedUpOn: '2026-11-25' },
    ],
  },
}
