import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Hugging Face Inference Providers: one router, a monthly credit, other companies' models behind it. */
export const huggingface: Vendor = {
  facts: {
    name: 'huggingface',
    title: 'Hugging Face',
    chatBaseUrl: 'https://router.huggingface.co/v1',
    endpoints: ['responses'],
    timeZone: 'UTC',
    apiKeyEnv: ['HF_TOKEN', 'HUGGINGFACE_API_KEY', 'HUGGING_FACE_HUB_TOKEN'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'account',
    retiredOn: null,
    priceTable: null,
    sources: [
      {
        url: 'https://huggingface.co/changelog/inference-providers-openai-compatible',
        lookedUpOn: '2026-11-25',
      },
      { url: 'https://huggingface.co/docs/inference-providers/pricing', lookedUpOn: '2026-11-25' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [],
  refusals: [
    // The monthly allowance is spent; the next month or bought credit makes the key usable again.
    { statuses: [402], says: /monthly/i, kind: 'rate', period: 'month', metric: 'cost', models: '*' },
    {
      statuses: [403],
      says: /sufficient permissions to call inference providers/i,
      kind: 'bad_credential',
      models: '*',
      remedy: 'the token lacks the permission for Inference Providers: grant it in the token settings',
    },
    { statuses: [429], says: /free usage limit/i, kind: 'rate', models: '*' },
  ],
}
