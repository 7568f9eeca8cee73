import type { Preset } from './preset.js'

/** Of these presets; a new one states its own day. */
const lookedUpOn = '2026-11-25'
const perModel = { model: '*', per: 'model' } as const

/** Gemini without billing: per project and Pacific day. */
const geminiFree: Preset = {
  name: 'gemini/free',
  vendor: 'gemini',
  timeZone: 'America/Los_Angeles',
  limits: [
    { metric: 'requests', window: 'minute', max: 5, model: 'gemini-*', per: 'model' },
    { metric: 'inputTokens', window: 'minute', max: 250_000, model: 'gemini-*', per: 'model' },
    { metric: 'requests', window: 'day', max: 20, model: 'gemini-*', per: 'model' },
  ],
  note: 'Google shows the figures only in AI Studio; these are from refusals of Flash models since December 2025, and other models may allow more. Gemma models have no limit here.',
  sources: [
    { url: 'https://ai.google.dev/gemini-api/docs/rate-limits', lookedUpOn },
    { url: 'https://rtila.com/docs/gemini-rate-limitation', lookedUpOn },
  ],
}

/** OpenRouter's free models together, without bought credit. */
const openrouterFree: Preset = {
  name: 'openrouter/free',
  vendor: 'openrouter',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'minute', max: 20, model: '*:free' },
    { metric: 'requests', window: 'day', max: 50, model: '*:free' },
  ],
  note: '1,000 requests a day once 10 credits have ever been bought. Failed calls count. Models without :free spend credit and have no limit here.',
  sources: [
    { url: 'https://openrouter.ai/docs/api_reference/limits', lookedUpOn },
    { url: 'https://openrouter.zendesk.com/hc/en-us/articles/39501163636379', lookedUpOn },
  ],
}

/** Cerebras' Free Trial. */
const cerebrasFree: Preset = {
  name: 'cerebras/free',
  vendor: 'cerebras',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'minute', max: 5, ...perModel },
    { metric: 'tokens', window: 'minute', max: 30_000, ...perModel },
    { metric: 'tokens', window: 'hour', max: 1_000_000, ...perModel },
    { metric: 'tokens', window: 'day', max: 1_000_000, ...perModel },
  ],
  note: 'Since 2026; older accounts had 30 requests and 60,000 tokens a minute. max_tokens counts in full before the answer.',
  sources: [{ url: 'https://inference-docs.cerebras.ai/support/rate-limits', lookedUpOn }],
}

/** Mistral's Experiment plan. */
const mistralFree: Preset = {
  name: 'mistral/free',
  vendor: 'mistral',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'rolling-1s', max: 1 },
    { metric: 'tokens', window: 'minute', max: 500_000 },
    { metric: 'tokens', window: 'month', max: 1_000_000_000 },
  ],
  note: 'From the help centre; the limits of an account are in the Admin Console and may be lower.',
  sources: [
    { url: 'https://help.mistral.ai/en/articles/225174-what-are-the-limits-of-the-free-tier', lookedUpOn },
  ],
}

/** Cohere's trial keys. */
const cohereTrial: Preset = {
  name: 'cohere/trial',
  vendor: 'cohere',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'minute', max: 20, ...perModel },
    { metric: 'requests', window: 'month', max: 1_000 },
  ],
  note: 'The limit per minute is that of chat models; embedding counts inputs.',
  sources: [{ url: 'https://docs.cohere.com/docs/rate-limits', lookedUpOn }],
}

/** Workers AI's daily allocation: 10,000 neurons at $0.011 a thousand. */
const cloudflareFree: Preset = {
  name: 'cloudflare/free',
  vendor: 'cloudflare',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'minute', max: 300, ...perModel },
    { metric: 'cost', window: 'day', max: 110_000 },
  ],
  note: '10,000 neurons a day, as their cost, since no answer reports neurons. List prices apply; a model without a known price is refused until its price is configured.',
  sources: [{ url: 'https://developers.cloudflare.com/workers-ai/platform/pricing/', lookedUpOn }],
}

/** GitHub Models, before it ended. */
const githubModelsFree: Preset = {
  name: 'github-models/free',
  vendor: 'github-models',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'rolling-60s', max: 15, ...perModel },
    { metric: 'requests', window: 'rolling-1d', max: 150, ...perModel },
    { metric: 'requests', window: 'rolling-60s', max: 10, model: 'openai/gpt-4o' },
    { metric: 'requests', window: 'rolling-1d', max: 50, model: 'openai/gpt-4o' },
    { metric: 'requests', window: 'rolling-60s', max: 10, model: 'openai/gpt-4.1' },
    { metric: 'requests', window: 'rolling-1d', max: 50, model: 'openai/gpt-4.1' },
    { metric: 'requests', window: 'rolling-60s', max: 1, model: 'deepseek/deepseek-r1*', per: 'model' },
    { metric: 'requests', window: 'rolling-1d', max: 8, model: 'deepseek/deepseek-r1*', per: 'model' },
  ],
  note: 'The service was retired on 2026-07-30; the limits are those of Copilot Free before that.',
  sources: [
    {
      url: 'https://docs.github.com/en/github-models/use-github-models/prototyping-with-ai-models',
      lookedUpOn,
    },
  ],
}

/** Hugging Face's monthly credit. */
const huggingfaceFree: Preset = {
  name: 'huggingface/free',
  vendor: 'huggingface',
  timeZone: 'UTC',
  limits: [{ metric: 'cost', window: 'month', max: 100_000 }],
  note: 'The published page states less than $0.10 a month for free users, the newest source states none: a 402 then bars the key until the next month. Configure prices before using this preset: the limit refuses every model without a known price, and none has a list price.',
  sources: [
    { url: 'https://huggingface.co/docs/inference-providers/pricing', lookedUpOn },
    {
      url: 'https://raw.githubusercontent.com/huggingface/hub-docs/main/docs/inference-providers/pricing.md',
      lookedUpOn,
    },
  ],
}

/** SambaNova without a payment method. */
const sambanovaFree: Preset = {
  name: 'sambanova/free',
  vendor: 'sambanova',
  timeZone: 'UTC',
  limits: [
    { metric: 'requests', window: 'minute', max: 20, ...perModel },
    { metric: 'requests', window: 'day', max: 20, ...perModel },
    { metric: 'tokens', window: 'day', max: 200_000, ...perModel },
  ],
  note: 'The same for every model of the free tier.',
  sources: [{ url: 'https://docs.sambanova.ai/docs/en/models/rate-limits', lookedUpOn }],
}

/** Free tiers, except Groq's long table. */
export const freeTiers: readonly Preset[] = [
  geminiFree,
  openrouterFree,
  cerebrasFree,
  mistralFree,
  cohereTrial,
  cloudflareFree,
  githubModelsFree,
  huggingfaceFree,
  sambanovaFree,
]
