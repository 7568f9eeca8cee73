import { periodGroups } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/**
 * Cerebras. Reserves the prompt and the whole `max_completion_tokens`, or thousands of tokens without one. Its resets
 * coincide with the ends of minutes and days, so its windows are calendar windows.
 */
export const cerebras: Vendor = {
  facts: {
    name: 'cerebras',
    title: 'Cerebras',
    chatBaseUrl: 'https://api.cerebras.ai/v1',
    endpoints: ['completions'],
    timeZone: 'UTC',
    apiKeyEnv: ['CEREBRAS_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: true,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'cerebras',
    sources: [
      { url: 'https://inference-docs.cerebras.ai/support/rate-limits', lookedUpOn: '2026-11-25' },
      {
        url: 'https://docs.rs/cerebras-rs/0.0.2/src/cerebras_rs/apis/default_api.rs.html',
        lookedUpOn: '2026-11-29',
      },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: periodGroups('calendar'),
  refusals: [],
}
