import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/**
 * Cloudflare Workers AI. Each account has its own address and a daily allocation of neurons, which no answer reports.
 */
export const cloudflare: Vendor = {
  facts: {
    name: 'cloudflare',
    title: 'Cloudflare Workers AI',
    chatBaseUrl: null,
    endpoints: [],
    timeZone: 'UTC',
    apiKeyEnv: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: false,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: 'cloudflare',
    sources: [
      { url: 'https://developers.cloudflare.com/workers-ai/platform/errors/', lookedUpOn: '2026-11-25' },
      { url: 'https://developers.cloudflare.com/workers-ai/platform/pricing/', lookedUpOn: '2026-11-25' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [],
  refusals: [
    { names: ['3036'], kind: 'rate', period: 'day', metric: 'cost', models: '*' },
    { says: /daily free allocation/i, kind: 'rate', period: 'day', metric: 'cost', models: '*' },
    { names: ['3040'], kind: 'shared_capacity' },
    { names: ['3006'], kind: 'too_large' },
  ],
}
