import {
  type Call,
  type Conversation,
  type Item,
  type Message,
  type Reasoning,
  type Result,
  textOfParts,
} from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { acceptedBy, type Target } from '../conversation/target.js'
import { flatToolName } from '../conversation/tool-names.js'
import { turnsOf } from '../conversation/turns.js'
import { inputOf } from './messages-blocks.js'
import { leaveOutUnknownSettings, writeMessagesSettings, writeMessagesTools } from './messages-settings.js'
import type {
  MessagesAssistantBlock,
  MessagesRequest,
  MessagesTurn,
  MessagesUserBlock,
} from './messages-wire.js'
import { writeMessagesParts } from './write-messages-parts.js'

const defaultMaxTokens = 32_000

/** Writes a request of Messages. */
export function writeMessagesRequest(
  conversation: Conversation,
  target: Target,
  findings: Findings,
): MessagesRequest {
  const { model, items, settings } = conversation
  const leaveOut = (field: string): void => findings.leaveOut(field)
  leaveOutUnknownSettings(settings, leaveOut)
  const system = items.filter(isInstruction).flatMap(({ parts }) => writeMessagesParts(parts, findings))
  const texts = system.filter(block => block.type === 'text')
  const request = {
    model: target.model ?? model ?? '',
    max_tokens: settings.maxOutputTokens ?? target.defaultMaxTokens ?? defaultMaxTokens,
    ...(texts.length === 0 ? {} : { system: texts }),
    messages: writeTurns(
      items.filter(item => !isInstruction(item)),
      findings,
    ),
    ...writeMessagesTools(conversation),
    ...acceptedBy(target, writeMessagesSettings(settings), leaveOut),
    ...(settings.isStream ? { stream: true } : {}),
  }
  return request as MessagesRequest
}

/** Instructions go to the start: few vendors accept them elsewhere. */
function isInstruction(item: Item): item is Message {
  return item.type === 'message' && (item.role === 'system' || item.role === 'developer')
}

function writeTurns(items: readonly Item[], findings: Findings): MessagesTurn[] {
  const turns: MessagesTurn[] = []
  const addUser = (content: MessagesUserBlock[]): void => {
    const last = turns.at(-1)
    if (content.length === 0) return
    if (last?.role === 'user') for (const block of content) last.content.push(block)
    else turns.push({ role: 'user', content })
  }
  for (const turn of turnsOf(items)) {
    if (turn.type === 'said' && turn.message.name !== undefined) findings.leaveOut('messages.name')
    if (turn.type === 'said') addUser(writeMessagesParts(turn.message.parts, findings))
    else if (turn.type === 'orphan') {
      const { callId, parts } = turn.result
      addUser([
        { type: 'text', text: `Result of the earlier call ${callId}:` },
        ...writeMessagesParts(parts, findings),
      ])
    } else {
      const content = turn.items.flatMap(item => writeAssistant(item, findings))
      const last = turns.at(-1)
      if (last?.role === 'assistant') for (const block of content) last.content.push(block)
      else if (content.length > 0) turns.push({ role: 'assistant', content })
      addUser(turn.results.map(result => writeResult(result, findings)))
    }
  }
  return turns
}

function writeAssistant(item: Message | Reasoning | Call, findings: Findings): MessagesAssistantBlock[] {
  switch (item.type) {
    case 'message': {
      const blocks = writeMessagesParts(item.parts, findings)
      const texts = blocks.filter(block => block.type === 'text')
      if (texts.length < blocks.length) findings.leaveOut('assistant.content')
      return texts
    }
    case 'reasoning': {
      const { token, text, carried } = item
      if (token?.dialect === 'messages')
        return token.isRedacted
          ? [{ type: 'redacted_thinking', data: token.value }]
          : [{ type: 'thinking', thinking: text, signature: token.value }]
      if (token !== null || carried !== null || text !== '') findings.leaveOut('reasoning')
      return []
    }
    case 'call': {
      const { id, tool, arguments: given } = item
      const input = tool.isCustom ? { input: given } : inputOf(given)
      return [{ type: 'tool_use', id: allowedId(id), name: flatToolName(tool), input }]
    }
  }
}

function writeResult({ callId, parts, isError }: Result, findings: Findings): MessagesUserBlock {
  const isText = parts.every(part => part.type === 'text')
  const content = isText ? textOfParts(parts) : writeMessagesParts(parts, findings)
  return {
    type: 'tool_result',
    tool_use_id: allowedId(callId),
    content,
    ...(isError ? { is_error: true } : {}),
  }
}

/** Anthropic refuses other characters in ids, which some vendors use. */
function allowedId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'call'
}
