import type { AnswerHead } from '../answer/answer-delta.js'
import type { WriteOptions } from '../answer/write-options.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, numberOf } from '../json/json-value.js'
import type { ResponsesAnswer, ResponsesToolChoice } from './responses-wire.js'

/**
 * An answer without output: its metadata and the repeated settings of its request. The SDKs and Codex read some of them
 * without a check.
 */
export function writeFrame(
  { id, createdSeconds, context }: WriteOptions,
  head: Omit<AnswerHead, 'type'>,
): ResponsesAnswer {
  const { request } = context
  const metadata = fieldOf(request, 'metadata')
  return {
    id,
    object: 'response',
    created_at: head.createdSeconds ?? createdSeconds,
    completed_at: null,
    status: 'in_progress',
    model: head.model ?? context.model,
    output: [],
    error: null,
    incomplete_details: null,
    usage: null,
    instructions: filledText(fieldOf(request, 'instructions')),
    metadata: isObject(metadata) ? textFields(metadata) : {},
    parallel_tool_calls: fieldOf(request, 'parallel_tool_calls') !== false,
    temperature: numberOf(fieldOf(request, 'temperature')),
    top_p: numberOf(fieldOf(request, 'top_p')),
    tool_choice: toolChoiceOf(fieldOf(request, 'tool_choice')),
    tools: elementsOf(fieldOf(request, 'tools')).filter(isObject),
    text: objectOf(fieldOf(request, 'text')) ?? { format: { type: 'text' } },
    reasoning: objectOf(fieldOf(request, 'reasoning')),
    max_output_tokens: numberOf(fieldOf(request, 'max_output_tokens')),
    previous_response_id: null,
    truncation: fieldOf(request, 'truncation') === 'auto' ? 'auto' : 'disabled',
    // Nothing is stored, whatever was requested.
    store: false,
    background: false,
    ...(head.serviceTier === undefined ? {} : { service_tier: head.serviceTier }),
  }
}

function objectOf(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

function textFields(value: JsonObject): Record<string, string> {
  const texts = Object.entries(value).flatMap(([field, text]) =>
    typeof text === 'string' ? [[field, text] as const] : [],
  )
  return Object.fromEntries(texts)
}

function toolChoiceOf(choice: unknown): ResponsesToolChoice {
  if (choice === 'none' || choice === 'required') return choice
  const type = fieldOf(choice, 'type')
  const name = filledText(fieldOf(choice, 'name'))
  if ((type === 'function' || type === 'custom') && name !== null) return { type, name }
  return 'auto'
}
