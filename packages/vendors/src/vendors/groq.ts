import { namesOf } from '../headers/header-group.js'
import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Groq. Limits are per organization and refill continuously; cached input does not count. */
export const groq: Vendor = {
  facts: {
    name: 'groq',
    title: 'Groq',
    chatBaseUrl: 'https://api.groq.com/openai/v1',
    endpoints: ['responses', 'audio/speech', 'audio/transcriptions', 'audio/translations'],
    timeZone: 'UTC',
    apiKeyEnv: ['GROQ_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: false,
    reservesMaxTokens: false,
    quotaHolder: 'organization',
    retiredOn: null,
    priceTable: 'groq',
    sources: [
      { url: 'https://console.groq.com/docs/openai', lookedUpOn: '2026-11-29' },
      { url: 'https://docs.jambonz.org/guides/features/tts-vendor-settings/groq', lookedUpOn: '2026-11-29' },
      { url: 'https://console.groq.com/docs/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://console.groq.com/docs/prompt-caching', lookedUpOn: '2026-11-25' },
      { url: 'https://github.com/songquanpeng/one-api/issues/271', lookedUpOn: '2026-11-28' },
    ],
  },
  refill: 'rolling',
  longWaits: 'stated',
  headers: [
    { metric: 'requests', window: 'rolling-1d', ...namesOf('requests'), resetForm: 'duration' },
    { metric: 'tokens', window: 'rolling-60s', ...namesOf('tokens'), resetForm: 'duration' },
    { metric: 'audioSeconds', window: null, ...namesOf('audio-seconds'), resetForm: 'duration' },
  ],
  refusals: [
    // The organization has reached its own spending limit.
    { names: ['blocked_api_access'], kind: 'billing', models: '*' },
    // Sent with 400 or 403; only Groq's support can lift it.
    {
      names: ['organization_restricted'],
      kind: 'bad_credential',
      models: '*',
      remedy:
        'Groq has restricted the organization: contact Groq’s support, or set a key of another organization',
    },
  ],
}
