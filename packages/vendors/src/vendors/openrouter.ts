import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

const keyCap = {
  statuses: [402, 403, 429],
  kind: 'billing',
  scope: 'provider',
  models: '*',
  remedy:
    'this key’s own limit is reached, not the account’s: raise or remove it at https://openrouter.ai/settings/keys',
} as const

/** OpenRouter. Free models have a quota of requests per account and UTC day; others spend credit. */
export const openrouter: Vendor = {
  facts: {
    name: 'openrouter',
    title: 'OpenRouter',
    chatBaseUrl: 'https://openrouter.ai/api/v1',
    endpoints: ['responses', 'messages', 'rerank'],
    timeZone: 'UTC',
    apiKeyEnv: ['OPENROUTER_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: true,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: 'openrouter',
    freeModels: ['*:free', 'openrouter/free'],
    sources: [
      { url: 'https://openrouter.ai/docs/guides/routing/model-variants/free.md', lookedUpOn: '2026-11-29' },
      { url: 'https://openrouter.ai/openrouter/free/api', lookedUpOn: '2026-11-29' },
      { url: 'https://openrouter.ai/docs/api_reference/limits', lookedUpOn: '2026-11-25' },
      { url: 'https://openrouter.zendesk.com/hc/en-us/articles/39501163636379', lookedUpOn: '2026-11-25' },
      {
        url: 'https://openrouter.ai/docs/client-sdks/typescript/models/operations/createkeyslimitreset.md',
        lookedUpOn: '2026-11-28',
      },
      { url: 'https://github.com/MCPJam/inspector/issues/1287', lookedUpOn: '2026-11-28' },
      { url: 'https://openrouter.ai/docs/client-sdks/go/sdks/rerank/README', lookedUpOn: '2026-11-29' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [
    {
      metric: 'requests',
      window: 'aligned?',
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
      resetForm: 'number',
      perModel: false,
    },
  ],
  refusals: [
    // A key may have its own limit, in total or until midnight, Monday or the first of the month, all in UTC.
    { ...keyCap, says: /^key limit exceeded \(daily/i, resets: 'day' },
    { ...keyCap, says: /^key limit exceeded \(weekly/i, resets: 'week' },
    { ...keyCap, says: /^key limit exceeded \(monthly/i, resets: 'month' },
    { ...keyCap, says: /^key limit exceeded/i },
    {
      statuses: [429],
      names: ['upstream_provider_shared_pool', 'openrouter_shared_capacity'],
      kind: 'shared_capacity',
    },
    {
      statuses: [429],
      names: ['openrouter_free_tier_daily'],
      kind: 'rate',
      period: 'day',
      metric: 'requests',
      models: '*:free',
    },
    {
      statuses: [429],
      says: /free-models-per-day/,
      kind: 'rate',
      period: 'day',
      metric: 'requests',
      models: '*:free',
    },
    {
      statuses: [429],
      says: /free-models-per-min/,
      kind: 'rate',
      period: 'minute',
      metric: 'requests',
      models: '*:free',
    },
    { statuses: [429], says: /\blimit_rpd\//, kind: 'rate', period: 'day', metric: 'requests' },
    { statuses: [429], says: /\blimit_rpm\//, kind: 'rate', period: 'minute', metric: 'requests' },
    { statuses: [429], says: /^Provider returned error/, kind: 'shared_capacity' },
    // The balance covers a smaller answer: the request is too large, and the key is not empty.
    { statuses: [402], says: /can only afford (?!0\b)\d/, kind: 'too_large' },
    { statuses: [402], says: /tokens limit exceeded: \d+ > \d/, kind: 'too_large' },
    { statuses: [402], names: ['weight_exceeds_budget'], kind: 'too_large' },
    // Calls in flight hold the rest of the budget, which returns when they settle.
    { statuses: [402], names: ['in_flight_budget_exhausted'], kind: 'rate' },
  ],
}
