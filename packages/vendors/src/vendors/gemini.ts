import type { Vendor } from '../vendor.js'
import { bearer } from '../vendor-facts.js'

/** Gemini. Limits are those of the Google Cloud project; its day begins at midnight Pacific time. */
export const gemini: Vendor = {
  facts: {
    name: 'gemini',
    title: 'Google Gemini',
    chatBaseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    timeZone: 'America/Los_Angeles',
    apiKeyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    keyHeader: bearer,
    acceptsStreamOptions: true,
    countsRefusals: false,
    countsCachedTokens: true,
    reservesMaxTokens: false,
    quotaHolder: 'project',
    retiredOn: null,
    sources: [
      { url: 'https://ai.google.dev/gemini-api/docs/rate-limits', lookedUpOn: '2026-11-25' },
      { url: 'https://ai.google.dev/gemini-api/docs/openai', lookedUpOn: '2026-11-25' },
    ],
  },
  refill: 'calendar',
  longWaits: 'calendar',
  headers: [],
  refusals: [
    // A model that the free tier doesn't include: no minute will bring it.
    { statuses: [429], says: /\blimit: 0\b/, kind: 'rate', period: 'day' },
  ],
}
