import type { Conversation, Item, Message, ResponseFormat, Settings } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { readNumber, readSharedSettings, sharedFields, textsOf } from '../conversation/shared-settings.js'
import {
  elementsOf,
  fieldOf,
  filledText,
  isObject,
  type JsonObject,
  numberOf,
  textOf,
} from '../json/json-value.js'
import { readBlocks, readMessagesParts } from './messages-blocks.js'
import { readMessagesTools } from './messages-tools.js'

/** Fields that are read here. */
const knownFields: ReadonlySet<string> = new Set([
  ...sharedFields,
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
])

/** Claude Code's first block, which differs between requests and would break prompt caches. */
const billingHeader = /^x-anthropic-billing-header/

/** Reads a request of Messages. */
export function readMessagesRequest(body: JsonObject, findings: Findings): Conversation {
  const messages = fieldOf(body, 'messages')
  if (!Array.isArray(messages) || messages.length === 0)
    findings.refuse({
      field: 'messages',
      code: 'invalid',
      message: 'messages: at least one message is required.',
    })
  for (const [field, value] of Object.entries(body))
    if (!knownFields.has(field) && value !== null) findings.leaveOut(field)
  return {
    model: filledText(fieldOf(body, 'model')),
    items: [
      ...readSystem(fieldOf(body, 'system'), findings),
      ...elementsOf(messages).flatMap(message => readMessage(message, findings)),
    ],
    ...readMessagesTools(body, findings),
    settings: readSettings(body, findings),
  }
}

function readSystem(system: unknown, findings: Findings): readonly Message[] {
  const parts = readMessagesParts(system, findings)
  const kept = parts.filter(part => part.type !== 'text' || !billingHeader.test(part.text))
  return kept.length === 0 ? [] : [{ type: 'message', role: 'system', parts: kept }]
}

function readMessage(message: unknown, findings: Findings): readonly Item[] {
  const role = fieldOf(message, 'role')
  if (role === 'system') return readSystem(fieldOf(message, 'content'), findings)
  if (role === 'user' || role === 'assistant') return readBlocks(role, fieldOf(message, 'content'), findings)
  findings.leaveOut(`messages.role.${textOf(role)}`)
  return []
}

function readSettings(body: JsonObject, findings: Findings): Settings {
  const shared = readSharedSettings(body, findings)
  const thinking = fieldOf(fieldOf(body, 'thinking'), 'type')
  const config = fieldOf(body, 'output_config')
  const choice = fieldOf(body, 'tool_choice')
  const budget = numberOf(fieldOf(fieldOf(body, 'thinking'), 'budget_tokens'))
  // `metadata` and service tiers have different values here; only the user has an equivalent.
  const tier = filledText(fieldOf(body, 'service_tier'))
  if (tier !== null && tier !== 'auto') findings.leaveOut('service_tier')
  return {
    ...shared,
    metadata: null,
    serviceTier: null,
    user: filledText(fieldOf(fieldOf(body, 'metadata'), 'user_id')),
    maxOutputTokens: readNumber(body, 'max_tokens', findings),
    stop: textsOf(fieldOf(body, 'stop_sequences')) ?? shared.stop,
    isParallel: fieldOf(choice, 'disable_parallel_tool_use') === true ? false : null,
    effort: filledText(fieldOf(config, 'effort')) ?? (thinking === 'enabled' ? effortOf(budget) : null),
    wantsThoughts: thinking === 'enabled' || thinking === 'adaptive',
    format: readFormat(fieldOf(config, 'format') ?? fieldOf(body, 'output_format')),
    wantsUsage: true,
  }
}

/** Other dialects have effort levels instead of a token budget. */
function effortOf(budgetTokens: number | null): string | null {
  if (budgetTokens === null) return null
  if (budgetTokens <= 4_096) return 'low'
  return budgetTokens <= 16_384 ? 'medium' : 'high'
}

function readFormat(format: unknown): ResponseFormat | null {
  const schema = fieldOf(format, 'schema')
  if (fieldOf(format, 'type') !== 'json_schema' || !isObject(schema)) return null
  return { type: 'json_schema', name: null, description: null, schema, isStrict: true }
}
