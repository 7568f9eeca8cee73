import { namesOf } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** OpenAI. Limits of organization and project refill continuously; refused calls and the whole `max_tokens` count. */
export const openai: Vendor = {
  facts: {
    name: 'openai',
    title: 'OpenAI',
    chatBaseUrl: 'https://api.openai.com/v1',
    endpoints: [
      'completions',
      'responses',
      'responses/compact',
      'responses/input_tokens',
      'moderations',
      'images/generations',
      'images/edits',
      'images/variations',
      'audio/speech',
      'audio/transcriptions',
      'audio/translations',
    ],
    timeZone: 'UTC',
    apiKeyEnv: ['OPENAI_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    takesNewerFields: true,
    countsRefusals: true,
    countsCachedTokens: true,
    reservesMaxTokens: true,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'openai',
    freeModels: ['omni-moderation-*'],
    sources: [
      {
        url: 'https://developers.openai.com/zh-Hans/api/docs/models/omni-moderation-latest',
        lookedUpOn: '2026-11-29',
      },
      {
        url: 'https://community.openai.com/t/token-per-minute-rate-limit-for-gpt4-issues/360359/4',
        lookedUpOn: '2026-11-25',
      },
      { url: 'https://help.openai.com/en/articles/5955604-how-can-i-so', lookedUpOn: '2026-11-25' },
      { url: 'https://github.com/openai/openai-node/blob/master/api.md', lookedUpOn: '2026-11-29' },
      {
        url: 'https://developers.openai.com/api/reference/resources/responses/methods/compact',
        lookedUpOn: '2026-11-30',
      },
      {
        url: 'https://developers.openai.com/api/reference/resources/responses/subresources/input_tokens/methods/count',
        lookedUpOn: '2026-11-30',
      },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: 'rolling?', ...namesOf('requests'), resetForm: 'duration' },
    { metric: 'tokens', window: 'rolling?', ...namesOf('tokens'), resetForm: 'duration' },
    { metric: 'requests', window: 'rolling?', ...namesOf('project-requests'), resetForm: 'duration' },
    { metric: 'tokens', window: 'rolling?', ...namesOf('project-tokens'), resetForm: 'duration' },
    { metric: 'requests', window: 'rolling?', ...namesOf('requests_usage_based'), resetForm: 'duration' },
    { metric: 'tokens', window: 'rolling?', ...namesOf('tokens_usage_based'), resetForm: 'duration' },
  ],
  refusals: [
    // A key without the permission to call models.
    {
      statuses: [401, 403],
      says: /missing scopes?:|must be a member of an organization/i,
      kind: 'bad_credential',
      models: '*',
      remedy:
        'the key’s permissions or organization do not include this model or endpoint: change them at platform.openai.com, or set another key',
    },
  ],
}
