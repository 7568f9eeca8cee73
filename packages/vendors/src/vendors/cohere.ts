import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Cohere. Trial keys have calls a minute per model and calls a month; its compatible API refuses `stream_options`. */
export const cohere: Vendor = {
  facts: {
    name: 'cohere',
    title: 'Cohere',
    chatBaseUrl: 'https://api.cohere.ai/compatibility/v1',
    endpoints: ['rerank'],
    endpointPaths: { rerank: '../../v2/rerank' },
    timeZone: 'UTC',
    apiKeyEnv: ['COHERE_API_KEY', 'CO_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: false,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: 'cohere',
    sources: [
      { url: 'https://docs.cohere.com/docs/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://docs.cohere.com/docs/compatibility-api', lookedUpOn: '2026-11-25' },
      {
        url: 'https://strandsagents.com/docs/user-guide/concepts/model-providers/cohere/',
        lookedUpOn: '2026-11-25',
      },
      { url: 'https://github.com/lfnovo/esperanto/releases/tag/v2.23.0', lookedUpOn: '2026-11-29' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [
    {
      metric: 'requests',
      window: 'minute',
      limit: 'x-trial-endpoint-call-limit',
      remaining: 'x-trial-endpoint-call-remaining',
      reset: 'x-trial-endpoint-call-reset',
      resetForm: 'any',
    },
    {
      metric: 'requests',
      window: 'month',
      limit: 'x-endpoint-monthly-call-limit',
      remaining: 'x-endpoint-monthly-call-remaining',
      reset: 'x-endpoint-monthly-call-reset',
      resetForm: 'any',
      perModel: false,
    },
  ],
  refusals: [
    {
      statuses: [429],
      says: /calls? ?\/ ?month|per month|monthly/i,
      kind: 'rate',
      period: 'month',
      metric: 'requests',
      models: '*',
    },
  ],
}
