import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** DeepSeek. No told limits: it answers 429 when too much runs at once, and 402 without a balance. */
export const deepseek: Vendor = {
  facts: {
    name: 'deepseek',
    title: 'DeepSeek',
    chatBaseUrl: 'https://api.deepseek.com/v1',
    timeZone: 'UTC',
    apiKeyEnv: ['DEEPSEEK_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    sources: [
      { url: 'https://api-docs.deepseek.com/quick_start/error_codes', lookedUpOn: '2026-11-25' },
      { url: 'https://api-docs.deepseek.com/quick_start/rate_limit', lookedUpOn: '2026-11-25' },
    ],
  },
  refill: 'calendar',
  longWaits: 'stated',
  headers: [],
  refusals: [],
}
