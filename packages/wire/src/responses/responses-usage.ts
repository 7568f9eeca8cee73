import { countOf, partOf, sumOf, type Usage } from '../answer/usage.js'
import { fieldOf } from '../json/json-value.js'
import type { ResponsesUsage } from './responses-wire.js'

export function readResponsesUsage(usage: unknown): Usage | null {
  const input = countOf(fieldOf(usage, 'input_tokens'))
  const output = countOf(fieldOf(usage, 'output_tokens'))
  if (input === null && output === null) return null
  const inputTokens = input ?? 0
  const outputTokens = output ?? 0
  const cached = partOf(
    countOf(fieldOf(fieldOf(usage, 'input_tokens_details'), 'cached_tokens')),
    inputTokens,
  )
  const reasoning = countOf(fieldOf(fieldOf(usage, 'output_tokens_details'), 'reasoning_tokens'))
  return {
    inputTokens,
    cachedTokens: cached,
    cacheWriteTokens: partOf(
      countOf(fieldOf(fieldOf(usage, 'input_tokens_details'), 'cache_write_tokens')),
      inputTokens - (cached ?? 0),
    ),
    outputTokens,
    reasoningTokens: partOf(reasoning, outputTokens),
  }
}

/** Writes usage with both details, without which Codex treats the answer as broken and repeats the call. */
export function writeResponsesUsage(usage: Usage): ResponsesUsage {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens ?? 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: sumOf(inputTokens, outputTokens),
  }
}
