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

/** Adds a report to those before: each is of the whole so far, and the last that is not null holds. */
export function mergeMessagesUsage(before: JsonObject, usage: unknown): JsonObject {
  if (!isObject(usage)) return before
  const reported = fields.map(field => [field, fieldOf(usage, field) ?? fieldOf(before, field)])
  return Object.fromEntries(reported)
}

/** Cached input stands beside the rest here. Null where nothing was reported. */
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

/** Zeros where nothing is known yet: this API has no other word for it. */
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
