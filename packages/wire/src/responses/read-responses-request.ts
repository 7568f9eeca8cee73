import type { Conversation, Item, ResponseFormat, Settings } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { readNumber, readSharedSettings, sharedFields } from '../conversation/shared-settings.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'
import { readResponsesItem } from './responses-items.js'
import { readResponsesTools } from './responses-tools.js'

/** Fields that are read here, or that a stateless answer does not need. */
const knownFields: ReadonlySet<string> = new Set([
  ...sharedFields,
  'input',
  'instructions',
  'max_output_tokens',
  'text',
  'reasoning',
  'include',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
  'truncation',
  'stream_options',
])

/** Reads a request of Responses. */
export function readResponsesRequest(body: JsonObject, findings: Findings): Conversation {
  const input = fieldOf(body, 'input')
  if (typeof input !== 'string' && !Array.isArray(input))
    findings.refuse({
      field: 'input',
      code: 'invalid',
      message: '"input" is missing: send a text or a list of items.',
    })
  if (fieldOf(body, 'background') === true)
    findings.refuse({
      field: 'background',
      code: 'unsupported',
      message:
        'This model is served by a vendor without background answers: send the request without "background".',
    })
  for (const [field, value] of Object.entries(body))
    if (!knownFields.has(field) && value !== null) findings.leaveOut(field)
  if (fieldOf(body, 'truncation') === 'auto') findings.leaveOut('truncation')
  readStateNeeds(body, findings)
  const instructions = filledText(fieldOf(body, 'instructions'))
  return {
    model: filledText(fieldOf(body, 'model')),
    items: [
      ...(instructions === null ? [] : [message('system', instructions)]),
      ...(typeof input === 'string'
        ? [message('user', input)]
        : elementsOf(input).flatMap(item => readResponsesItem(item, findings))),
    ],
    ...readResponsesTools(body, findings),
    settings: readSettings(body, findings),
  }
}

function message(role: 'system' | 'user', text: string): Item {
  return { type: 'message', role, parts: [{ type: 'text', text }] }
}

/** Reads references to state. Whether that state is available is decided by the caller. */
function readStateNeeds(body: JsonObject, findings: Findings): void {
  const previous = fieldOf(body, 'previous_response_id')
  if (filledText(previous) !== null) findings.needState('previous_response_id', previous)
  const conversation = fieldOf(body, 'conversation')
  if (conversation !== undefined && conversation !== null)
    findings.needState('conversation', isObject(conversation) ? fieldOf(conversation, 'id') : conversation)
  const prompt = fieldOf(body, 'prompt')
  if (isObject(prompt)) findings.needState('prompt', fieldOf(prompt, 'id'))
}

function readSettings(body: JsonObject, findings: Findings): Settings {
  const text = fieldOf(body, 'text')
  const reasoning = fieldOf(body, 'reasoning')
  const include = elementsOf(fieldOf(body, 'include'))
  for (const wanted of include)
    if (wanted !== 'reasoning.encrypted_content' && wanted !== logprobs)
      findings.leaveOut(`include.${textOf(wanted)}`)
  const shared = readSharedSettings(body, findings)
  const wantsLogprobs = include.includes(logprobs) || shared.topLogprobs !== null
  return {
    ...shared,
    maxOutputTokens: readNumber(body, 'max_output_tokens', findings),
    logprobs: shared.logprobs ?? (wantsLogprobs ? true : null),
    effort: filledText(fieldOf(reasoning, 'effort')),
    wantsThoughts: true,
    verbosity: fieldOf(text, 'verbosity') ?? null,
    format: readFormat(fieldOf(text, 'format')),
    wantsUsage: true,
  }
}

const logprobs = 'message.output_text.logprobs'

function readFormat(format: unknown): ResponseFormat | null {
  const type = fieldOf(format, 'type')
  // Text is the default.
  if (type === 'json_object') return { type }
  if (type !== 'json_schema') return null
  const schema = fieldOf(format, 'schema')
  const strict = fieldOf(format, 'strict')
  return {
    type,
    name: filledText(fieldOf(format, 'name')),
    description: filledText(fieldOf(format, 'description')),
    schema: isObject(schema) ? schema : {},
    isStrict: typeof strict === 'boolean' ? strict : null,
  }
}
