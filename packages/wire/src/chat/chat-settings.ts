import type { Conversation, ResponseFormat, Tool } from '../conversation/conversation.js'
import type { Target } from '../conversation/target.js'
import { flatToolName } from '../conversation/tool-names.js'
import { withoutNothing } from '../json/json-value.js'
import type { ChatRequest, ChatResponseFormat, ChatTool } from './chat-wire.js'

/** Writes the fields other than messages and tools; undefined or null if the request does not set them. */
export function writeChatSettings(
  { settings, tools }: Conversation,
  target: Target,
): Readonly<Record<string, unknown>> {
  return {
    [target.maxTokensField ?? 'max_tokens']: settings.maxOutputTokens,
    temperature: settings.temperature,
    top_p: settings.topP,
    stop: settings.stop,
    seed: settings.seed,
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    logit_bias: settings.logitBias,
    logprobs: settings.logprobs,
    top_logprobs: settings.topLogprobs,
    metadata: settings.metadata,
    user: settings.user,
    service_tier: settings.serviceTier,
    // The default is not sent: not all vendors know the field, and none accepts it without tools.
    parallel_tool_calls: settings.isParallel === false && tools.length > 0 ? false : null,
    reasoning_effort: settings.effort,
    verbosity: settings.verbosity,
    response_format: settings.format === null ? null : writeFormat(settings.format),
    prompt_cache_key: settings.promptCacheKey,
    prompt_cache_retention: settings.promptCacheRetention,
    safety_identifier: settings.safetyIdentifier,
  }
}

function writeFormat(format: ResponseFormat): ChatResponseFormat {
  if (format.type !== 'json_schema') return { type: format.type }
  const { name, description, schema, isStrict } = format
  const optional = withoutNothing({ description, strict: isStrict })
  return { type: 'json_schema', json_schema: { name: name ?? 'answer', schema, ...optional } }
}

/** A free-text tool becomes a function with one text, since few vendors support other kinds. */
export function writeTools(tools: readonly Tool[]): Pick<ChatRequest, 'tools'> {
  if (tools.length === 0) return {}
  return { tools: tools.map(tool => ({ type: 'function', function: writeFunction(tool) })) }
}

function writeFunction(tool: Tool): ChatTool['function'] {
  const name = flatToolName(tool)
  if (!tool.isCustom) {
    const { description, schema, isStrict } = tool
    return { name, ...withoutNothing({ description, parameters: schema, strict: isStrict }) }
  }
  const definition = tool.format?.['definition']
  const grammar =
    typeof definition === 'string'
      ? `The input must follow this grammar (${tool.format?.['syntax'] === 'regex' ? 'regex' : 'lark'}):\n${definition}`
      : null
  const description = [tool.description, grammar].filter(text => text !== null).join('\n\n')
  return {
    name,
    ...(description === '' ? {} : { description }),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The input of the tool, as plain text.' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}

export function writeToolChoice({ toolChoice, tools }: Conversation): Pick<ChatRequest, 'tool_choice'> {
  if (toolChoice === null || tools.length === 0) return {}
  if (toolChoice.type !== 'tool') return { tool_choice: toolChoice.type }
  return { tool_choice: { type: 'function', function: { name: flatToolName(toolChoice.tool) } } }
}
