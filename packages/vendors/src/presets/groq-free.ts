import type { Preset, PresetLimit } from './preset.js'

/** What the models for sound may transcribe; by the hour and by the day. */
const audio: readonly PresetLimit[] = [
  { metric: 'audioSeconds', window: 'rolling-1h', max: 7_200, model: 'whisper-large-v3*', per: 'model' },
  { metric: 'audioSeconds', window: 'rolling-1d', max: 28_800, model: 'whisper-large-v3*', per: 'model' },
]

/** Requests and tokens, a minute and a day; null where there is no such limit. */
interface ModelRow {
  readonly model: string
  readonly requestsPerMinute: number
  readonly requestsPerDay: number
  readonly tokensPerMinute: number | null
  readonly tokensPerDay: number | null
}

const row = (
  model: string,
  [requestsPerMinute, requestsPerDay]: readonly [number, number],
  [tokensPerMinute, tokensPerDay]: readonly [number | null, number | null],
): ModelRow => ({ model, requestsPerMinute, requestsPerDay, tokensPerMinute, tokensPerDay })

const rows: readonly ModelRow[] = [
  row('llama-3.1-8b-instant', [30, 14_400], [6_000, 500_000]),
  row('llama-3.3-70b-versatile', [30, 1_000], [12_000, 100_000]),
  row('openai/gpt-oss-*', [30, 1_000], [8_000, 200_000]),
  row('qwen/qwen3-32b', [60, 1_000], [6_000, 500_000]),
  row('qwen/qwen3.6-27b', [30, 1_000], [8_000, 200_000]),
  row('moonshotai/kimi-k2-instruct*', [60, 1_000], [10_000, 300_000]),
  row('meta-llama/llama-4-scout-*', [30, 1_000], [30_000, 500_000]),
  row('meta-llama/llama-4-maverick-*', [30, 1_000], [6_000, 500_000]),
  row('meta-llama/llama-guard-*', [30, 14_400], [15_000, 500_000]),
  row('meta-llama/llama-prompt-guard-*', [30, 14_400], [15_000, 500_000]),
  row('groq/compound*', [30, 250], [70_000, null]),
  row('allam-2-7b', [30, 7_000], [6_000, 500_000]),
  row('playai-tts*', [10, 100], [1_200, 3_600]),
  row('whisper-large-v3*', [20, 2_000], [null, null]),
]

function limitsOf(model: ModelRow): readonly PresetLimit[] {
  const scope = { model: model.model, per: 'model' as const }
  const tokens = (window: PresetLimit['window'], max: number | null): readonly PresetLimit[] =>
    max === null ? [] : [{ metric: 'tokens', window, max, ...scope, countsCached: false }]
  return [
    { metric: 'requests', window: 'rolling-60s', max: model.requestsPerMinute, ...scope },
    { metric: 'requests', window: 'rolling-1d', max: model.requestsPerDay, ...scope },
    ...tokens('rolling-60s', model.tokensPerMinute),
    ...tokens('rolling-1d', model.tokensPerDay),
  ]
}

/** Groq's Free plan. Each model has its own limits, shared by the whole organization. */
export const groqFree: Preset = {
  name: 'groq/free',
  vendor: 'groq',
  timeZone: 'UTC',
  limits: [...rows.flatMap(limitsOf), ...audio],
  note: 'Of the organization: use it on a pool when there are several keys. Models that are not listed have no limit here until an answer reports one. A sound counts at least 10 seconds at Groq, here as long as it lasts. Llama 4 and Qwen3-32B have left the catalogue since July 2026.',
  sources: [
    { url: 'https://console.groq.com/docs/rate-limits', lookedUpOn: '2026-11-25' },
    { url: 'https://tokenmix.ai/blog/groq-api-access-2026-free-tier-rate-limits', lookedUpOn: '2026-11-25' },
  ],
}
