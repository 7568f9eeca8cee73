import type { Reasoning, ReasoningToken } from '../conversation/conversation.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'

/**
 * Tokens of other dialects are passed to clients of chat completions as OpenRouter's `reasoning_details`, which
 * supporting clients return unchanged. https://openrouter.ai/docs/guides/best-practices/reasoning-tokens (looked up on
 * 2026-11-29)
 */
const formats: Readonly<Record<ReasoningToken['dialect'], string>> = {
  messages: 'anthropic-claude-v1',
  responses: 'openai-responses-v1',
}

/** Writes a block of reasoning with a token. */
export function writeReasoningDetail(
  { dialect, value, isRedacted }: ReasoningToken,
  { text, id, index }: { readonly text: string; readonly id: string | null; readonly index: number },
): JsonObject {
  const common = { format: formats[dialect], index, ...(id === null ? {} : { id }) }
  if (dialect === 'messages' && !isRedacted)
    return { type: 'reasoning.text', text, signature: value, ...common }
  return { type: 'reasoning.encrypted', data: value, ...(text === '' ? {} : { summary: text }), ...common }
}

/** Reads the blocks of reasoning with tokens; empty if there are none. */
export function readReasoningDetails(details: unknown): readonly Reasoning[] {
  return elementsOf(details).flatMap((detail): readonly Reasoning[] => {
    if (!isObject(detail)) return []
    const dialect = dialectOf(fieldOf(detail, 'format'))
    const isRedacted = fieldOf(detail, 'type') === 'reasoning.encrypted'
    const value = filledText(fieldOf(detail, isRedacted ? 'data' : 'signature'))
    if (dialect === null || value === null) return []
    const text = textOf(fieldOf(detail, isRedacted ? 'summary' : 'text'))
    const id = filledText(fieldOf(detail, 'id'))
    const token = { dialect, value, isRedacted: isRedacted && dialect === 'messages' }
    return [{ type: 'reasoning', id, text, token, carried: null }]
  })
}

function dialectOf(format: unknown): ReasoningToken['dialect'] | null {
  if (format === formats.messages) return 'messages'
  return format === formats.responses ? 'responses' : null
}
