import { openToken } from '../answer/foreign-token.js'
import type { Item, Part, Reasoning } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { givenText } from '../json/json-text.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'
import { compactionRemedy } from './compaction-remedy.js'

/** Reads one item of a request's input. */
export function readResponsesItem(item: unknown, findings: Findings): readonly Item[] {
  if (!isObject(item)) return []
  const type = fieldOf(item, 'type') ?? (fieldOf(item, 'role') === undefined ? undefined : 'message')
  switch (type) {
    case 'message':
      return readMessage(item, findings)
    case 'reasoning':
      return [readReasoning(item)]
    case 'function_call':
    case 'custom_tool_call':
      return readCall(item, type === 'custom_tool_call')
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [
        {
          type: 'result',
          callId: textOf(fieldOf(item, 'call_id')),
          isCustom: type === 'custom_tool_call_output',
          parts: readResponsesParts(fieldOf(item, 'output'), findings),
          isError: false,
        },
      ]
    case 'item_reference':
      findings.needState('input.item_reference', fieldOf(item, 'id'))
      return []
    case 'compaction':
      findings.refuse({
        field: 'input.compaction',
        code: 'unsupported',
        message:
          'The conversation was shortened by another vendor than that of this model, which alone can read it: send the whole conversation instead.',
      })
      return []
    case 'compaction_trigger':
      findings.refuse({
        field: 'input.compaction_trigger',
        code: 'unsupported',
        message: `This model is served by a vendor that does not shorten conversations. ${compactionRemedy}`,
      })
      return []
    default:
      findings.leaveOut(`input.${textOf(type)}`)
      return []
  }
}

function readMessage(item: JsonObject, findings: Findings): readonly Item[] {
  const role = fieldOf(item, 'role')
  if (role !== 'system' && role !== 'developer' && role !== 'user' && role !== 'assistant') {
    findings.leaveOut(`input.role.${textOf(role)}`)
    return []
  }
  return [{ type: 'message', role, parts: readResponsesParts(fieldOf(item, 'content'), findings) }]
}

function readCall(item: JsonObject, isCustom: boolean): readonly Item[] {
  const name = filledText(fieldOf(item, 'name'))
  if (name === null) return []
  return [
    {
      type: 'call',
      id: textOf(fieldOf(item, 'call_id')),
      tool: { name, namespace: filledText(fieldOf(item, 'namespace')), isCustom },
      arguments: givenText(fieldOf(item, isCustom ? 'input' : 'arguments')),
      extra: {},
    },
  ]
}

/** Reads an item of reasoning: OpenAI's own, or with carried fields of another vendor. */
export function readReasoning(item: JsonObject): Reasoning {
  const reported = elementsOf(fieldOf(item, 'summary')).map(part => textOf(fieldOf(part, 'text')))
  const raw = elementsOf(fieldOf(item, 'content')).map(part => textOf(fieldOf(part, 'text')))
  const text = (reported.length > 0 ? reported : raw).join('\n\n')
  const kept = filledText(fieldOf(item, 'encrypted_content'))
  return { type: 'reasoning', text, ...openToken(kept, 'responses', filledText(fieldOf(item, 'id'))) }
}

/** Reads a text or a list of parts. */
function readResponsesParts(content: unknown, findings: Findings): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return elementsOf(content).flatMap((part): readonly Part[] => {
    const type = fieldOf(part, 'type')
    switch (type) {
      case 'input_text':
      case 'output_text':
      case 'text': {
        const text = textOf(fieldOf(part, 'text'))
        return text === '' ? [] : [{ type: 'text', text }]
      }
      case 'refusal':
        return [{ type: 'refusal', text: textOf(fieldOf(part, 'refusal')) }]
      case 'input_image':
        return readImage(part, findings)
      case 'input_file':
        return readFile(part, findings)
      case 'input_audio': {
        const audio = fieldOf(part, 'input_audio')
        return [
          { type: 'audio', base64: textOf(fieldOf(audio, 'data')), format: textOf(fieldOf(audio, 'format')) },
        ]
      }
      default:
        findings.leaveOut(`content.${textOf(type)}`)
        return []
    }
  })
}

function readImage(part: unknown, findings: Findings): readonly Part[] {
  const given = fieldOf(part, 'image_url')
  const url = filledText(given) ?? filledText(fieldOf(given, 'url'))
  if (url !== null) return [{ type: 'image', url, detail: filledText(fieldOf(part, 'detail')) }]
  findings.needState('input_image.file_id', fieldOf(part, 'file_id'))
  return []
}

function readFile(part: unknown, findings: Findings): readonly Part[] {
  const url = filledText(fieldOf(part, 'file_data')) ?? filledText(fieldOf(part, 'file_url'))
  if (url !== null) return [{ type: 'file', url, name: filledText(fieldOf(part, 'filename')) }]
  findings.needState('input_file.file_id', fieldOf(part, 'file_id'))
  return []
}
