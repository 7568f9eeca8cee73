import { allowedFields, reasoningTextFields } from '../answer/carried.js'
import type {
  Conversation,
  Item,
  Reasoning,
  Settings,
  Tool,
  ToolChoice,
} from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { readNumber, readSharedSettings, sharedFields } from '../conversation/shared-settings.js'
import { givenText } from '../json/json-text.js'
import {
  elementsOf,
  fieldOf,
  filledText,
  isObject,
  type JsonObject,
  numberOf,
  textOf,
} from '../json/json-value.js'
import { readChatParts } from './chat-parts.js'
import { readReasoningDetails } from './reasoning-details.js'

/** Fields that are read here, or that no other dialect needs. */
const knownFields: ReadonlySet<string> = new Set([
  ...sharedFields,
  'messages',
  'functions',
  'function_call',
  'response_format',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'reasoning_effort',
  'verbosity',
  'n',
])

/** Reads a request for chat completions. */
export function readChatRequest(body: JsonObject, findings: Findings): Conversation {
  const messages = fieldOf(body, 'messages')
  if (!Array.isArray(messages) || messages.length === 0)
    findings.refuse({
      field: 'messages',
      code: 'invalid',
      message: '"messages" is missing or empty: send at least one message.',
    })
  for (const [field, value] of Object.entries(body))
    if (!knownFields.has(field) && value !== null) findings.leaveOut(field)
  const count = numberOf(fieldOf(body, 'n'))
  if (count !== null && count > 1)
    findings.refuse({
      field: 'n',
      code: 'unsupported',
      message:
        'This vendor gives one answer a request, and "n" asks for several: send the request several times.',
    })
  if (elementsOf(fieldOf(body, 'functions')).length > 0) findings.leaveOut('functions')
  return {
    model: filledText(fieldOf(body, 'model')),
    items: elementsOf(messages).flatMap(message => readMessage(message, findings)),
    tools: elementsOf(fieldOf(body, 'tools')).flatMap(tool => readTool(tool, findings)),
    toolChoice: readToolChoice(fieldOf(body, 'tool_choice'), findings),
    settings: readSettings(body, findings),
  }
}

function readMessage(message: unknown, findings: Findings): readonly Item[] {
  const role = fieldOf(message, 'role')
  const content = fieldOf(message, 'content')
  if (role === 'tool' || role === 'function') {
    const callId = textOf(fieldOf(message, role === 'tool' ? 'tool_call_id' : 'name'))
    const parts = readChatParts(content, findings)
    return [{ type: 'result', callId, isCustom: false, parts, isError: false }]
  }
  if (role === 'assistant' && isObject(message)) return readAssistant(message, findings)
  if (role !== 'system' && role !== 'developer' && role !== 'user') {
    findings.leaveOut(`messages.role.${textOf(role)}`)
    return []
  }
  const name = filledText(fieldOf(message, 'name'))
  const parts = readChatParts(content, findings)
  return [{ type: 'message', role, parts, ...(name === null ? {} : { name }) }]
}

function readAssistant(message: JsonObject, findings: Findings): readonly Item[] {
  const refusal = filledText(fieldOf(message, 'refusal'))
  const said = readChatParts(fieldOf(message, 'content'), findings)
  const parts = refusal === null ? said : [...said, { type: 'refusal' as const, text: refusal }]
  const calls = elementsOf(fieldOf(message, 'tool_calls')).flatMap((call): readonly Item[] => {
    const isCustom = fieldOf(call, 'type') === 'custom'
    const called = fieldOf(call, isCustom ? 'custom' : 'function')
    const name = filledText(fieldOf(called, 'name'))
    if (name === null) return []
    const given = fieldOf(called, isCustom ? 'input' : 'arguments')
    const tool = { name, namespace: null, isCustom }
    return [
      {
        type: 'call',
        id: textOf(fieldOf(call, 'id')),
        tool,
        arguments: givenText(given),
        extra: allowedFields(call),
      },
    ]
  })
  return [
    ...readReasoning(message),
    ...(parts.length === 0 ? [] : [{ type: 'message' as const, role: 'assistant' as const, parts }]),
    ...calls,
  ]
}

/** Clients of chat completions return tokens in `reasoning_details`. */
function readReasoning(message: JsonObject): readonly Reasoning[] {
  const withTokens = readReasoningDetails(fieldOf(message, 'reasoning_details'))
  if (withTokens.length > 0) return withTokens
  for (const field of reasoningTextFields) {
    const text = filledText(fieldOf(message, field))
    if (text !== null) return [{ type: 'reasoning', id: null, text, token: null, carried: null }]
  }
  return []
}

function readTool(tool: unknown, findings: Findings): readonly Tool[] {
  const type = fieldOf(tool, 'type')
  const isCustom = type === 'custom'
  const defined = fieldOf(tool, isCustom ? 'custom' : 'function')
  const name = filledText(fieldOf(defined, 'name'))
  if ((type !== 'function' && !isCustom) || name === null) {
    findings.leaveOut(`tools.${textOf(type)}`)
    return []
  }
  const schema = fieldOf(defined, 'parameters')
  const strict = fieldOf(defined, 'strict')
  const format = fieldOf(defined, 'format')
  const grammar = fieldOf(format, 'grammar')
  return [
    {
      name,
      namespace: null,
      isCustom,
      description: filledText(fieldOf(defined, 'description')),
      schema: isObject(schema) ? schema : null,
      isStrict: typeof strict === 'boolean' ? strict : null,
      format: isObject(grammar) ? { type: 'grammar', ...grammar } : isObject(format) ? format : null,
      cacheControl: null,
    },
  ]
}

function readToolChoice(choice: unknown, findings: Findings): ToolChoice | null {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  if (choice === undefined || choice === null) return null
  const isCustom = fieldOf(choice, 'type') === 'custom'
  const name = filledText(fieldOf(fieldOf(choice, isCustom ? 'custom' : 'function'), 'name'))
  if (name !== null) return { type: 'tool', tool: { name, namespace: null, isCustom } }
  findings.leaveOut('tool_choice')
  return null
}

function readSettings(body: JsonObject, findings: Findings): Settings {
  return {
    ...readSharedSettings(body, findings),
    maxOutputTokens:
      readNumber(body, 'max_completion_tokens', findings) ?? readNumber(body, 'max_tokens', findings),
    effort: filledText(fieldOf(body, 'reasoning_effort')),
    verbosity: fieldOf(body, 'verbosity'),
    format: readFormat(fieldOf(body, 'response_format')),
    wantsUsage: fieldOf(fieldOf(body, 'stream_options'), 'include_usage') === true,
  }
}

function readFormat(format: unknown): Settings['format'] {
  const type = fieldOf(format, 'type')
  if (type === 'text' || type === 'json_object') return { type }
  const given = fieldOf(format, 'json_schema')
  const schema = fieldOf(given, 'schema')
  if (type !== 'json_schema') return null
  const strict = fieldOf(given, 'strict')
  return {
    type: 'json_schema',
    name: filledText(fieldOf(given, 'name')),
    description: filledText(fieldOf(given, 'description')),
    schema: isObject(schema) ? schema : {},
    isStrict: typeof strict === 'boolean' ? strict : null,
  }
}
