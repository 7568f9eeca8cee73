import type { SpentWindowHeaders } from '../headers/spent-window.js'
import type { Vendor } from '../vendor.js'
import { anthropicKey, bearer } from '../vendor-facts.js'

function planWindow(name: string): SpentWindowHeaders {
  const prefix = `anthropic-ratelimit-unified${name}`
  return { state: `${prefix}-status`, spent: /^rejected$/, resets: [`${prefix}-reset`] }
}

/** Anthropic. Token buckets per organization and class of models; input read from the cache does not count. */
export const anthropic: Vendor = {
  facts: {
    name: 'anthropic',
    title: 'Anthropic',
    chatBaseUrl: 'https://api.anthropic.com/v1',
    endpoints: ['messages', 'messages/count_tokens'],
    fullestEndpoint: 'messages',
    timeZone: 'UTC',
    apiKeyEnv: ['ANTHROPIC_API_KEY'],
    keyHeader: bearer,
    endpointKeyHeaders: { messages: anthropicKey, 'messages/count_tokens': anthropicKey },
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: false,
    reservesMaxTokens: false,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'anthropic',
    sources: [
      { url: 'https://docs.anthropic.com/de/api/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://platform.claude.com/docs/en/api/openai-sdk', lookedUpOn: '2026-11-25' },
      { url: 'https://github.com/anthropics/claude-code/issues/38035', lookedUpOn: '2026-11-28' },
      { url: 'https://github.com/anthropics/claude-code/issues/64982', lookedUpOn: '2026-11-28' },
      { url: 'https://github.com/anthropics/claude-code/issues/12829', lookedUpOn: '2026-11-30' },
      { url: 'https://github.com/lidge-jun/opencodex/pull/3809', lookedUpOn: '2026-11-30' },
      { url: 'https://github.com/NousResearch/hermes-agent/issues/31668', lookedUpOn: '2026-11-30' },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    {
      metric: 'requests',
      window: 'rolling-60s',
      limit: 'anthropic-ratelimit-requests-limit',
      remaining: 'anthropic-ratelimit-requests-remaining',
      reset: 'anthropic-ratelimit-requests-reset',
      resetForm: 'timestamp',
    },
    {
      metric: 'tokens',
      window: 'rolling-60s',
      limit: 'anthropic-ratelimit-tokens-limit',
      remaining: 'anthropic-ratelimit-tokens-remaining',
      reset: 'anthropic-ratelimit-tokens-reset',
      resetForm: 'timestamp',
    },
    {
      metric: 'inputTokens',
      window: 'rolling-60s',
      limit: 'anthropic-ratelimit-input-tokens-limit',
      remaining: 'anthropic-ratelimit-input-tokens-remaining',
      reset: 'anthropic-ratelimit-input-tokens-reset',
      resetForm: 'timestamp',
    },
    {
      metric: 'outputTokens',
      window: 'rolling-60s',
      limit: 'anthropic-ratelimit-output-tokens-limit',
      remaining: 'anthropic-ratelimit-output-tokens-remaining',
      reset: 'anthropic-ratelimit-output-tokens-reset',
      resetForm: 'timestamp',
    },
  ],
  // Windows of subscriptions: five hours and seven days, and any, which may be that of one class of models. The state of
  // extra usage, `…-overage-status`, is that of no window: it is `rejected` whenever none is bought.
  spentWindows: [planWindow('-5h'), planWindow('-7d'), { ...planWindow(''), perModel: true }],
  refusals: [
    // Calls that the plan of a subscription does not include.
    {
      statuses: [400, 403, 429],
      says: /\bout of extra usage\b|\bdraw from your extra usage\b/i,
      kind: 'billing',
      models: '*',
      remedy:
        'the subscription pays for such calls by extra usage only, of which none is left: add some at claude.ai/settings/usage, or set an API key',
    },
    // A token of a subscription, at an organization or for a client that may not use it.
    {
      statuses: [400, 401, 403],
      says: /\bOAuth authentication is (?:currently )?not (?:allowed|supported)\b|\bonly authorized for use with Claude Code\b/i,
      kind: 'bad_credential',
      models: '*',
      remedy: 'Anthropic does not accept this token of a subscription here: set an API key',
    },
    // A spending limit set by the organization; the message states the day of its reset.
    {
      statuses: [400, 403, 429],
      says: /reached your specified (?:API |workspace )*usage limits?/i,
      kind: 'billing',
      models: '*',
      remedy:
        'the spending limit set in the Anthropic Console is reached: raise it under Limits there, or wait until it resets',
    },
    // A request larger than the plan includes; shorter ones are accepted.
    { statuses: [429], says: /required for long context requests/i, kind: 'too_large' },
  ],
}
