import { fieldOf, filledText, type JsonObject, numberOf } from '../json/json-value.js'
import { noSettings, type Settings } from './conversation.js'
import type { Findings } from './findings.js'

/** Fields with the same meaning in every dialect that has them. */
export const sharedFields: readonly string[] = [
  'model',
  'tools',
  'tool_choice',
  'stream',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'metadata',
  'user',
  'service_tier',
  'parallel_tool_calls',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
]

/** Reads these fields. `store` asks a vendor to keep its answer, which a translated request never does. */
export function readSharedSettings(body: JsonObject, findings: Findings): Settings {
  if (fieldOf(body, 'store') === true) findings.leaveOut('store')
  const stop = fieldOf(body, 'stop')
  const parallel = fieldOf(body, 'parallel_tool_calls')
  const logprobs = fieldOf(body, 'logprobs')
  return {
    ...noSettings,
    temperature: readNumber(body, 'temperature', findings),
    topP: readNumber(body, 'top_p', findings),
    stop: filledText(stop) === null ? textsOf(stop) : [String(stop)],
    seed: fieldOf(body, 'seed') ?? null,
    frequencyPenalty: fieldOf(body, 'frequency_penalty') ?? null,
    presencePenalty: fieldOf(body, 'presence_penalty') ?? null,
    logitBias: fieldOf(body, 'logit_bias') ?? null,
    logprobs: typeof logprobs === 'boolean' ? logprobs : null,
    topLogprobs: readNumber(body, 'top_logprobs', findings),
    metadata: fieldOf(body, 'metadata') ?? null,
    user: filledText(fieldOf(body, 'user')),
    serviceTier: filledText(fieldOf(body, 'service_tier')),
    isParallel: typeof parallel === 'boolean' ? parallel : null,
    isStream: fieldOf(body, 'stream') === true,
    promptCacheKey: filledText(fieldOf(body, 'prompt_cache_key')),
    promptCacheRetention: filledText(fieldOf(body, 'prompt_cache_retention')),
    safetyIdentifier: filledText(fieldOf(body, 'safety_identifier')),
  }
}

/** The texts in an array; null if it is not an array or has no text. */
export function textsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null
  const texts = value.filter(text => typeof text === 'string')
  return texts.length === 0 ? null : texts
}

/** A number; null if absent. Other values are recorded as left out, since no vendor would accept them. */
export function readNumber(body: JsonObject, field: string, findings: Findings): number | null {
  const value = fieldOf(body, field)
  const number = numberOf(value)
  if (number === null && value !== undefined && value !== null) findings.leaveOut(field)
  return number
}
