import { countOf, sumOf, type Usage } from '../answer/usage.js'
import { fieldOf, isObject, type JsonObject } from '../json/json-value.js'
import type { MessagesUsage } from './messages-wire.js'

const fields = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details',
]

/** Merges usage reports: each is cumulative, and the last non-null value counts. */
export function mergeMessagesUsage(before: JsonObject, usage: unknown): JsonObject {
  if (!isObject(usage)) return before
  const reported = fields.map(field => [field, fieldOf(usage, field) ?? fieldOf(before, field)])
  return Object.fromEntries(reported)
}

/** Reads usage; in this API, input excludes cached input. Null if nothing was reported. */
export function readMessagesUsage(usage: JsonObject): Usage | null {
  const input = countOf(fieldOf(usage, 'input_tokens'))
  const output = countOf(fieldOf(usage, 'output_tokens'))
  if (input === null && output === null) return null
  const cachedTokens = countOf(fieldOf(usage, 'cache_read_input_tokens'))
  const cacheWriteTokens = countOf(fieldOf(usage, 'cache_creation_input_tokens'))
  const outputTokens = output ?? 0
  const thinking = countOf(fieldOf(fieldOf(usage, 'output_tokens_details'), 'thinking_tokens'))
  return {
    inputTokens: sumOf(input, cachedTokens, cacheWriteTokens),
    cachedTokens,
    cacheWriteTokens,
    outputTokens,
    reasoningTokens: thinking === null ? null : Math.min(thinking, outputTokens),
  }
}

/** Writes usage; zeros if unknown, since this API has no null. */
export function writeMessagesUsage(usage: Usage | null): MessagesUsage {
  const {
    inputTokens = 0,
    cachedTokens = null,
    cacheWriteTokens = null,
    outputTokens = 0,
    reasoningTokens = null,
  } = usage ?? {}
  return {
    input_tokens: Math.max(0, inputTokens - (cachedTokens ?? 0) - (cacheWriteTokens ?? 0)),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === null ? null : { thinking_tokens: reasoningTokens },
    cache_creation: null,
    inference_geo: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  }
}
