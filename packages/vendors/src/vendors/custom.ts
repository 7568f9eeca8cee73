import { barePeriodGroups, namesOf, periodGroups } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer, geminiKeyHeaders } from '../vendor-facts.js'

/**
 * Any server with Chat Completions, at the user's own address. Signals are read from common header names; llama.cpp,
 * vLLM, Ollama and LM Studio accept `stream_options`.
 */
export const custom: Vendor = {
  facts: {
    name: 'custom',
    title: 'Custom',
    chatBaseUrl: null,
    endpoints: 'all',
    timeZone: 'UTC',
    apiKeyEnv: [],
    keyHeader: bearer,
    endpointKeyHeaders: geminiKeyHeaders,
    acceptsStreamOptions: true,
    takesNewerFields: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'key',
    retiredOn: null,
    priceTable: null,
    sources: [],
  },
  refill: 'calendar',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: null, ...namesOf('requests'), resetForm: 'any' },
    { metric: 'tokens', window: null, ...namesOf('tokens'), resetForm: 'any' },
    ...periodGroups('calendar'),
    ...barePeriodGroups('calendar'),
    // Fireworks.
    { metric: 'inputTokens', window: null, ...namesOf('tokens-prompt'), resetForm: 'any' },
    { metric: 'outputTokens', window: null, ...namesOf('tokens-generated'), resetForm: 'any' },
    {
      metric: 'requests',
      window: null,
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
      resetForm: 'any',
      perModel: false,
    },
  ],
  refusals: [],
}
