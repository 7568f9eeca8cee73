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
    sources: [
      { url: 'https://docs.z.ai/api-reference/api-code', lookedUpOn: '2026-11-30' },
      { url: 'https://github.com/hugalafutro/model-hotel/pull/955', lookedUpOn: '2026-11-30' },
      { url: 'https://github.com/can1357/oh-my-pi/issues/8496', lookedUpOn: '2026-11-30' },
      { url: 'https://volcengine.com/docs/82379/1299023', lookedUpOn: '2026-11-30' },
    ],
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
  // ChatGPT's subscriptions behind a proxy: windows of five hours and of a week, in per cent.
  spentWindows: ['primary', 'secondary'].map(window => ({
    state: `x-codex-${window}-used-percent`,
    spent: /^[1-9]\d{2,}(?:\.\d+)?$/,
    resets: [`x-codex-${window}-reset-after-seconds`, `x-codex-${window}-reset-at`],
  })),
  // The limits of Z.AI's plans: spent for five hours, a week or a month.
  errorZones: [
    { names: ['1308', '1310', '1316', '1317', '1318', '1319', '1320', '1321'], timeZone: 'Asia/Shanghai' },
  ],
  refusals: [
    // Alibaba's tokens a minute, in OpenAI's words for missing money.
    {
      statuses: [429],
      says: /aliyun\.com\S{0,80}#(?:token|rate|request)-limit/i,
      kind: 'rate',
      assumedPeriod: 'minute',
    },
    // Models that the account has not bought or switched on, at Alibaba, Z.AI and Volcengine.
    { statuses: [429], names: ['commoditynotpurchased', '1311'], kind: 'unknown_model' },
    {
      statuses: [429],
      names: ['setlimitexceeded'],
      kind: 'billing',
      remedy: 'the limit set for this model is reached: raise it in the Ark Console, or use another model',
    },
    {
      statuses: [429],
      says: /\bexhausted its free inference quota\b/i,
      kind: 'billing',
      remedy: 'the free allowance of this model is spent: activate the model in the Ark Console',
    },
  ],
}
