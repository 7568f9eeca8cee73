import { namesOf, periodGroups } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** SambaNova Cloud. Requests a minute and a day, reported with every answer. */
export const sambanova: Vendor = {
  facts: {
    name: 'sambanova',
    title: 'SambaNova',
    chatBaseUrl: 'https://api.sambanova.ai/v1',
    endpoints: ['completions', 'audio/transcriptions', 'audio/translations'],
    timeZone: 'UTC',
    apiKeyEnv: ['SAMBANOVA_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: null,
    sources: [
      { url: 'https://docs.sambanova.ai/docs/en/models/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://docs.sambanova.ai/docs/en/features/audio', lookedUpOn: '2026-11-29' },
      { url: 'https://docs.sambanova.ai/docs/en/api-reference/endpoints/chat', lookedUpOn: '2026-11-29' },
    ],
  },
  refill: 'calendar',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: 'minute', ...namesOf('requests'), resetForm: 'any' },
    { metric: 'tokens', window: 'minute', ...namesOf('tokens'), resetForm: 'any' },
    ...periodGroups('calendar'),
  ],
  refusals: [],
}
