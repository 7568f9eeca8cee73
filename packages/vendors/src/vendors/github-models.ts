import { namesOf } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/**
 * GitHub Models, retired on 2026-07-30; kept to read recorded answers. Its token is never read from `GITHUB_TOKEN`,
 * which serves other purposes.
 */
export const githubModels: Vendor = {
  facts: {
    name: 'github-models',
    title: 'GitHub Models',
    chatBaseUrl: 'https://models.github.ai/inference',
    endpoints: [],
    timeZone: 'UTC',
    apiKeyEnv: ['GITHUB_MODELS_TOKEN'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: '2026-07-30',
    priceTable: null,
    sources: [
      {
        url: 'https://docs.github.com/en/github-models/use-github-models/prototyping-with-ai-models',
        lookedUpOn: '2026-11-25',
      },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: null, ...namesOf('requests'), resetForm: 'any' },
    { metric: 'tokens', window: null, ...namesOf('tokens'), resetForm: 'any' },
  ],
  refusals: [
    { statuses: [429], says: /\bUserByModelByDay\b/, kind: 'rate', period: 'day', metric: 'requests' },
    { statuses: [429], says: /\bUserByModelByMinute\b/, kind: 'rate', period: 'minute', metric: 'requests' },
  ],
}
