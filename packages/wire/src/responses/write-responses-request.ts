import { hasCacheControl } from '../conversation/cache-control.js'
import {
  type Call,
  type Conversation,
  type Message,
  type Part,
  type Reasoning,
  type Result,
  textOfParts,
} from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { acceptedBy, type Target } from '../conversation/target.js'
import { flatToolName } from '../conversation/tool-names.js'
import { readDataUrl } from '../json/data-url.js'
import { withoutNothing } from '../json/json-value.js'
import type {
  ResponsesInputItem,
  ResponsesInputPart,
  ResponsesRequest,
  ResponsesTool,
} from './responses-wire.js'

/** Writes a request of Responses. As in the other dialects, the answer is not stored at the vendor. */
export function writeResponsesRequest(
  conversation: Conversation,
  target: Target,
  findings: Findings,
): ResponsesRequest {
  const { model, items, tools, toolChoice, settings } = conversation
  const leaveOut = (field: string): void => findings.leaveOut(field)
  if (hasCacheControl(conversation)) leaveOut('cache_control')
  const customIds = new Set(
    items.flatMap(item => (item.type === 'call' && item.tool.isCustom ? [item.id] : [])),
  )
  const { stop, seed, frequencyPenalty, presencePenalty, logitBias } = settings
  // Responses lacks these settings.
  for (const [field, value] of Object.entries({ stop, seed, frequencyPenalty, presencePenalty, logitBias }))
    if (value !== null) leaveOut(field.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`))
  const hasTokens = items.some(item => item.type === 'reasoning' && item.token?.dialect === 'responses')
  const include = [
    // Models without reasoning refuse it.
    ...(hasTokens || settings.effort !== null ? ['reasoning.encrypted_content'] : []),
    ...(settings.logprobs === true ? ['message.output_text.logprobs'] : []),
  ]
  const { verbosity } = settings
  const text = withoutNothing({
    format: settings.format === null ? null : writeFormat(settings.format),
    verbosity,
  })
  const optional = {
    max_output_tokens: settings.maxOutputTokens,
    temperature: settings.temperature,
    top_p: settings.topP,
    top_logprobs: settings.topLogprobs,
    parallel_tool_calls: tools.length > 0 ? settings.isParallel : null,
    text: Object.keys(text).length === 0 ? null : text,
    reasoning: settings.effort === null ? null : { effort: settings.effort },
    include: include.length === 0 ? null : include,
    metadata: settings.metadata,
    user: settings.user,
    service_tier: settings.serviceTier,
    prompt_cache_key: settings.promptCacheKey,
    prompt_cache_retention: settings.promptCacheRetention,
    safety_identifier: settings.safetyIdentifier,
  }
  const request = {
    model: target.model ?? model ?? '',
    input: items.flatMap((item, place) => writeItem(item, { place, findings, customIds })),
    ...(tools.length === 0 ? {} : { tools: tools.map(writeTool) }),
    ...(toolChoice === null || tools.length === 0
      ? {}
      : {
          tool_choice:
            toolChoice.type === 'tool'
              ? {
                  type: toolChoice.tool.isCustom ? 'custom' : 'function',
                  name: flatToolName(toolChoice.tool),
                }
              : toolChoice.type,
        }),
    ...acceptedBy(target, optional, leaveOut),
    ...(settings.isStream ? { stream: true } : {}),
    store: false,
  }
  // Optional settings are passed unchanged; the vendor validates them.
  return request as ResponsesRequest
}

function writeItem(
  item: Message | Reasoning | Call | Result,
  {
    place,
    findings,
    customIds,
  }: { readonly place: number; readonly findings: Findings; readonly customIds: ReadonlySet<string> },
): readonly ResponsesInputItem[] {
  switch (item.type) {
    case 'message':
      return writeMessage(item, findings)
    case 'reasoning':
      return writeReasoning(item, { place, findings })
    case 'call': {
      const { id, tool, arguments: given } = item
      const name = flatToolName(tool)
      if (tool.isCustom) return [{ type: 'custom_tool_call', call_id: id, name, input: given }]
      return [{ type: 'function_call', call_id: id, name, arguments: given === '' ? '{}' : given }]
    }
    case 'result': {
      const isText = item.parts.every(part => part.type === 'text')
      const text = textOfParts(item.parts)
      const output = isText
        ? markError(text, item.isError)
        : item.parts.flatMap(part => writePart(part, findings))
      if (item.isCustom || customIds.has(item.callId))
        return [{ type: 'custom_tool_call_output', call_id: item.callId, output }]
      return [{ type: 'function_call_output', call_id: item.callId, output }]
    }
  }
}

function markError(text: string, isError: boolean): string {
  return isError && !/^\s*error/i.test(text) ? `Error: ${text}` : text
}

function writeMessage({ role, parts, name }: Message, findings: Findings): readonly ResponsesInputItem[] {
  if (name !== undefined) findings.leaveOut('messages.name')
  if (role === 'assistant') {
    const content = parts
      .flatMap(part => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))
      .join('')
    return content === '' ? [] : [{ type: 'message', role, content }]
  }
  const content = parts.flatMap(part => writePart(part, findings))
  return content.length === 0 ? [] : [{ type: 'message', role, content }]
}

function writeReasoning(
  { id, text, token, carried }: Reasoning,
  { place, findings }: { readonly place: number; readonly findings: Findings },
): readonly ResponsesInputItem[] {
  if (token?.dialect !== 'responses') {
    if (token !== null || carried !== null || text !== '') findings.leaveOut('reasoning')
    return []
  }
  const summary = text === '' ? [] : [{ type: 'summary_text' as const, text }]
  return [{ type: 'reasoning', id: id ?? `rs_${place}`, summary, encrypted_content: token.value }]
}

function writePart(part: Part, findings: Findings): readonly ResponsesInputPart[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'input_text', text: part.text }]
    case 'image': {
      const { detail } = part
      const isKnown = detail === 'low' || detail === 'high' || detail === 'original'
      return [{ type: 'input_image', image_url: part.url, detail: isKnown ? detail : 'auto' }]
    }
    case 'file':
      return readDataUrl(part.url) === null
        ? [{ type: 'input_file', file_url: part.url }]
        : [{ type: 'input_file', file_data: part.url, filename: part.name ?? 'file' }]
    case 'audio':
      findings.leaveOut('input_audio')
      return []
  }
}

function writeTool(tool: Conversation['tools'][number]): ResponsesTool {
  const name = flatToolName(tool)
  const described = tool.description === null ? {} : { description: tool.description }
  if (tool.isCustom)
    return { type: 'custom', name, ...described, ...(tool.format === null ? {} : { format: tool.format }) }
  // The default is true here and false in the other dialects.
  return { type: 'function', name, ...described, parameters: tool.schema, strict: tool.isStrict ?? false }
}

function writeFormat(format: NonNullable<Conversation['settings']['format']>): object {
  if (format.type !== 'json_schema') return { type: format.type }
  const { name, description, schema, isStrict } = format
  return {
    type: 'json_schema',
    name: name ?? 'answer',
    schema,
    ...withoutNothing({ description, strict: isStrict }),
  }
}
