import type { Conversation, Settings, Tool } from '../conversation/conversation.js'
import { flatToolName } from '../conversation/tool-names.js'
import { withoutNothing } from '../json/json-value.js'
import type { MessagesEffort, MessagesRequest, MessagesTool, MessagesToolChoice } from './messages-wire.js'
import { cacheOf } from './write-messages-parts.js'

/** Records settings of other dialects that Messages lacks. */
export function leaveOutUnknownSettings(settings: Settings, leaveOut: (field: string) => void): void {
  const { format, isParallel: _, ...rest } = settings
  const unknown = {
    seed: rest.seed,
    frequency_penalty: rest.frequencyPenalty,
    presence_penalty: rest.presencePenalty,
    logit_bias: rest.logitBias,
    logprobs: rest.logprobs === false ? null : rest.logprobs,
    top_logprobs: rest.topLogprobs,
    metadata: rest.metadata,
    service_tier: rest.serviceTier,
    verbosity: rest.verbosity,
    prompt_cache_key: rest.promptCacheKey,
    prompt_cache_retention: rest.promptCacheRetention,
    safety_identifier: rest.safetyIdentifier,
    response_format: format?.type === 'json_object' ? format : null,
    reasoning_effort: rest.effort !== null && effortOf(rest.effort) === null ? rest.effort : null,
  }
  for (const [field, value] of Object.entries(unknown))
    if (value !== null && value !== undefined) leaveOut(field)
}

export function writeMessagesSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const { format, effort, temperature, stop, user } = settings
  const config = withoutNothing({
    effort: effort === null ? null : effortOf(effort),
    format: format?.type === 'json_schema' ? { type: format.type, schema: format.schema } : null,
  })
  return {
    // Other dialects allow up to 2.
    temperature: temperature === null ? null : Math.min(temperature, 1),
    top_p: settings.topP,
    stop_sequences: stop?.filter(text => text.trim() !== '') ?? null,
    metadata: user === null ? null : { user_id: user },
    output_config: Object.keys(config).length === 0 ? null : config,
  }
}

function effortOf(effort: string): MessagesEffort | null {
  if (effort === 'minimal') return 'low'
  const known: readonly MessagesEffort[] = ['low', 'medium', 'high', 'xhigh', 'max']
  return known.find(name => name === effort) ?? null
}

export function writeMessagesTools({
  tools,
  toolChoice,
  settings,
}: Conversation): Pick<MessagesRequest, 'tools' | 'tool_choice'> {
  if (tools.length === 0) return {}
  const single = settings.isParallel === false ? { disable_parallel_tool_use: true } : {}
  const choice = writeChoice(toolChoice, single)
  return { tools: tools.map(writeTool), ...(choice === null ? {} : { tool_choice: choice }) }
}

function writeChoice(
  choice: Conversation['toolChoice'],
  single: { disable_parallel_tool_use?: boolean },
): MessagesToolChoice | null {
  if (choice === null) return Object.keys(single).length === 0 ? null : { type: 'auto', ...single }
  if (choice.type === 'none') return { type: 'none' }
  if (choice.type === 'tool') return { type: 'tool', name: flatToolName(choice.tool), ...single }
  return { type: choice.type === 'required' ? 'any' : 'auto', ...single }
}

function writeTool(tool: Tool): MessagesTool {
  const text = { type: 'object' as const, properties: { input: { type: 'string' } }, required: ['input'] }
  return {
    name: flatToolName(tool),
    ...(tool.description === null ? {} : { description: tool.description }),
    input_schema: tool.isCustom ? text : { ...tool.schema, type: 'object' },
    ...cacheOf(tool.cacheControl),
  }
}
