/** When the calls of the samples were made. */
export const nowMs = Date.UTC(2026, 10, 25, 12)

/** So much later, in ISO-8601. */
export const at = (ms: number): string => new Date(nowMs + ms).toISOString()

/** Groq's answer on a spent day, which names the organization. */
export const groqDay = {
  error: {
    message:
      'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_1` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.',
    type: 'tokens',
    code: 'rate_limit_exceeded',
  },
}

/** OpenAI's answer to an unknown key. */
export const wrongKey = { error: { code: 'invalid_api_key', message: 'Incorrect API key provided.' } }

/** An error in the usual form. */
export const errorOf = (message: string, rest: object = {}) => ({ error: { message, ...rest } })

/** Headers of a spent day, without its end. */
export const dayHeaders = {
  'x-ratelimit-limit-requests-day': '100',
  'x-ratelimit-remaining-requests-day': '0',
}
