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
import { turnsOf } from '../conversation/turns.js'
import { jsonText } from '../json/json-text.js'
import { writeChatParts } from './chat-parts.js'
import { writeChatSettings, writeToolChoice, writeTools } from './chat-settings.js'
import type { ChatAssistantMessage, ChatMessage, ChatRequest } from './chat-wire.js'

/** Writes a request for chat completions. */
export function writeChatRequest(
  conversation: Conversation,
  target: Target,
  findings: Findings,
): ChatRequest {
  const leaveOut = (field: string): void => findings.leaveOut(field)
  const { settings } = conversation
  if (hasCacheControl(conversation)) leaveOut('cache_control')
  const request = {
    model: target.model ?? conversation.model ?? '',
    messages: writeMessages(conversation, target, findings),
    ...writeTools(conversation.tools),
    ...writeToolChoice(conversation),
    ...acceptedBy(target, writeChatSettings(conversation, target), leaveOut),
    ...(settings.isStream ? { stream: true, ...streamOptions(target) } : {}),
  }
  // Optional settings are passed unchanged; the vendor validates them.
  return request as ChatRequest
}

/** Requests usage if possible: the clients' dialects always report it. */
function streamOptions(target: Target): Pick<ChatRequest, 'stream_options'> {
  return target.acceptsField?.('stream_options') === false ? {} : { stream_options: { include_usage: true } }
}

function writeMessages(conversation: Conversation, target: Target, findings: Findings): ChatMessage[] {
  const messages: ChatMessage[] = []
  for (const turn of turnsOf(conversation.items)) {
    if (turn.type === 'said') addSaid(messages, turn.message, findings)
    else if (turn.type === 'orphan') {
      const text = `Result of the earlier call ${turn.result.callId}:\n${resultText(turn.result)}`
      messages.push({
        role: 'user',
        content: writeChatParts([{ type: 'text', text }, ...imagesOf(turn.result.parts)], findings),
      })
    } else {
      const assistant = writeAssistant(turn.items, target, findings)
      if (assistant !== null) messages.push(assistant)
      for (const result of turn.results)
        messages.push({ role: 'tool', tool_call_id: result.callId, content: resultText(result) })
      addImages(messages, turn.results, findings)
    }
  }
  return messages
}

/** Consecutive instructions become one message: some vendors accept only one, at the start. */
function addSaid(messages: ChatMessage[], { role, parts, name }: Message, findings: Findings): void {
  if (role === 'user') {
    const content = writeChatParts(parts, findings)
    if (content !== '') messages.push({ role, content, ...(name === undefined ? {} : { name }) })
    return
  }
  const last = messages.at(-1)
  const text = textOfParts(parts)
  if (parts.some(part => part.type !== 'text')) findings.leaveOut('system.content')
  if (text === '') return
  if (last?.role === 'system') last.content = `${last.content}\n\n${text}`
  else messages.push({ role: 'system', content: text })
}

function writeAssistant(
  items: readonly (Message | Reasoning | Call)[],
  target: Target,
  findings: Findings,
): ChatAssistantMessage | null {
  const parts = items.flatMap(item => (item.type === 'message' ? item.parts : []))
  const texts = parts.flatMap(part => (part.type === 'text' ? [part.text] : []))
  const refusals = parts.flatMap(part => (part.type === 'refusal' ? [part.text] : []))
  if (texts.length + refusals.length < parts.length) findings.leaveOut('assistant.content')
  const own = ownFields(items, target, findings)
  const calls = items.flatMap(item =>
    item.type === 'call' ? [{ ...own.calls.get(item.id), ...item.extra, ...writeCall(item) }] : [],
  )
  // Some vendors know only the field of the text.
  const isRefusal = refusals.length > 0 && target.acceptsField?.('refusal') !== false
  const content = [...texts, ...(isRefusal ? [] : refusals)].join('')
  // Vendors refuse empty messages, which reasoning alone would leave.
  if (content === '' && calls.length === 0 && !isRefusal) return null
  return {
    ...own.fields,
    role: 'assistant',
    content: content === '' ? null : content,
    ...(isRefusal ? { refusal: refusals.join('') } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

/**
 * The fields that this vendor sent with its earlier answer. Those of another vendor are meaningless to it, or make it
 * refuse the request.
 */
function ownFields(
  items: readonly (Message | Reasoning | Call)[],
  target: Target,
  findings: Findings,
): { readonly fields: Record<string, unknown>; readonly calls: ReadonlyMap<string, object> } {
  const leaveOut = (field: string): void => findings.leaveOut(field)
  const fields: Record<string, unknown> = {}
  const calls = new Map<string, object>()
  for (const item of items) {
    if (item.type !== 'reasoning') continue
    if (item.carried?.vendor !== target.vendor) {
      if (item.token !== null) findings.leaveOut('reasoning.encrypted_content')
      else if (item.carried !== null) findings.leaveOut(`reasoning.${item.carried.vendor}`)
      else if (item.text !== '') findings.leaveOut('reasoning')
      continue
    }
    const { textField, fields: own, calls: ownCalls } = item.carried
    // Only a few fixed names, none of them on the prototype.
    Object.assign(fields, acceptedBy(target, own, leaveOut))
    const texts = textField === null || item.text === '' ? {} : { [textField]: item.text }
    for (const [field, text] of Object.entries(acceptedBy(target, texts, leaveOut)))
      fields[field] = `${fields[field] ?? ''}${text}`
    for (const [id, extra] of Object.entries(ownCalls)) calls.set(id, extra)
  }
  return { fields, calls }
}

function writeCall({ id, tool, arguments: given }: Call) {
  const text = tool.isCustom ? (jsonText({ input: given }) ?? '{}') : given
  return {
    id,
    type: 'function' as const,
    function: { name: flatToolName(tool), arguments: text === '' ? '{}' : text },
  }
}

/** Chat completions have no field for a failure, so it is written as text. */
function resultText({ parts, isError }: Result): string {
  const text = textOfParts(parts)
  return isError && !/^\s*error/i.test(text) ? `Error: ${text}` : text
}

function imagesOf(parts: readonly Part[]): readonly Part[] {
  return parts.filter(part => part.type !== 'text' && part.type !== 'refusal')
}

/** Results can only be text, so images follow in a message of the user. */
function addImages(messages: ChatMessage[], results: readonly Result[], findings: Findings): void {
  const parts = results.flatMap(({ callId, parts: given }): readonly Part[] => {
    const images = imagesOf(given)
    return images.length === 0 ? [] : [{ type: 'text', text: `From the result of ${callId}:` }, ...images]
  })
  if (parts.length > 0) messages.push({ role: 'user', content: writeChatParts(parts, findings) })
}
