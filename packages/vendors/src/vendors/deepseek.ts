import type { Vendor } from '../vendor.js'
import { anthropicKey, bearer } from '../vendor-facts.js'

/** DeepSeek. Reports no limits: answers 429 for too many concurrent calls, and 402 without a balance. */
export const deepseek: Vendor = {
  facts: {
    name: 'deepseek',
    title: 'DeepSeek',
    chatBaseUrl: 'https://api.deepseek.com/v1',
    endpoints: ['completions', 'messages'],
    endpointPaths: { completions: '../beta/completions', messages: '../anthropic/v1/messages' },
    timeZone: 'UTC',
    apiKeyEnv: ['DEEPSEEK_API_KEY'],
    keyHeader: bearer,
    endpointKeyHeaders: { messages: anthropicKey },
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: 'deepseek',
    sources: [
      { url: 'https://api-docs.deepseek.com/zh-cn/guides/anthropic_api/', lookedUpOn: '2026-11-29' },
      { url: 'https://api-docs.deepseek.com/quick_start/error_codes', lookedUpOn: '2026-11-25' },
      { url: 'https://api-docs.deepseek.com/quick_start/rate_limit', lookedUpOn: '2026-11-25' },
      {
        url: 'https://share.apidog.com/apidoc/docs-site/747793/fim-completion-beta-835847m0',
        lookedUpOn: '2026-11-29',
      },
    ],
  },
  refill: 'calendar',
  longWaits: 'stated',
  headers: [],
  refusals: [],
}
