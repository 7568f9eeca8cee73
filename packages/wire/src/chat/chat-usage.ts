import { countOf, partOf, sumOf, type Usage } from '../answer/usage.js'
import { elementsOf, fieldOf, isObject } from '../json/json-value.js'
import type { ChatUsage } from './chat-wire.js'

/** Reads the usage of an answer or an event, from any of its places; null for none. */
export function readChatUsage(body: unknown): Usage | null {
  const places = [
    fieldOf(body, 'usage'),
    fieldOf(fieldOf(body, 'x_groq'), 'usage'),
    fieldOf(elementsOf(fieldOf(body, 'choices'))[0], 'usage'),
  ]
  const usage = places.find(isObject)
  const input = countOf(fieldOf(usage, 'prompt_tokens'))
  const output = countOf(fieldOf(usage, 'completion_tokens'))
  if (usage === undefined || (input === null && output === null)) return null
  const inputTokens = input ?? 0
  // Some vendors include hidden reasoning only in the total.
  const total = countOf(fieldOf(usage, 'total_tokens')) ?? 0
  const outputTokens = Math.max(output ?? 0, input === null ? 0 : total - inputTokens)
  const cached =
    countOf(fieldOf(fieldOf(usage, 'prompt_tokens_details'), 'cached_tokens')) ??
    countOf(fieldOf(usage, 'prompt_cache_hit_tokens')) ??
    countOf(fieldOf(usage, 'cached_tokens'))
  const reasoning = countOf(fieldOf(fieldOf(usage, 'completion_tokens_details'), 'reasoning_tokens'))
  return {
    inputTokens,
    cachedTokens: partOf(cached, inputTokens),
    cacheWriteTokens: partOf(
      countOf(fieldOf(fieldOf(usage, 'prompt_tokens_details'), 'cache_write_tokens')),
      inputTokens - (partOf(cached, inputTokens) ?? 0),
    ),
    outputTokens,
    reasoningTokens: partOf(reasoning, outputTokens),
  }
}

export function writeChatUsage(usage: Usage): ChatUsage {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: sumOf(inputTokens, outputTokens),
    ...(cachedTokens === null ? {} : { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens === null ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  }
}
