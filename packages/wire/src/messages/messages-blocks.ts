import { openToken } from '../answer/foreign-token.js'
import type { Item, Part, Reasoning } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { writeDataUrl } from '../json/data-url.js'
import { givenText, parseJson } from '../json/json-text.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'

/** Reads the blocks of a message: text and media stay together; calls, results and thinking are separate items. */
export function readBlocks(
  role: 'user' | 'assistant',
  content: unknown,
  findings: Findings,
): readonly Item[] {
  const items: Item[] = []
  let parts: Part[] = []
  const closeParts = (): void => {
    if (parts.length > 0) items.push({ type: 'message', role, parts })
    parts = []
  }
  for (const block of typeof content === 'string' ? [{ type: 'text', text: content }] : elementsOf(content)) {
    const item = readItem(block, findings)
    if (item === null) for (const part of readPart(block, findings)) parts.push(part)
    else {
      closeParts()
      items.push(item)
    }
  }
  closeParts()
  return items
}

/** Reads a block that is a separate item; null for text and media. */
function readItem(block: unknown, findings: Findings): Item | null {
  if (!isObject(block)) return null
  switch (fieldOf(block, 'type')) {
    case 'tool_use':
      return {
        type: 'call',
        id: textOf(fieldOf(block, 'id')),
        tool: { name: textOf(fieldOf(block, 'name')), namespace: null, isCustom: false },
        arguments: givenText(fieldOf(block, 'input')),
        extra: {},
      }
    case 'tool_result':
      return {
        type: 'result',
        callId: textOf(fieldOf(block, 'tool_use_id')),
        isCustom: false,
        parts: readMessagesParts(fieldOf(block, 'content'), findings),
        isError: fieldOf(block, 'is_error') === true,
      }
    case 'thinking':
      return readThinking(textOf(fieldOf(block, 'thinking')), filledText(fieldOf(block, 'signature')))
    case 'redacted_thinking': {
      const value = textOf(fieldOf(block, 'data'))
      return {
        type: 'reasoning',
        id: null,
        text: '',
        token: { dialect: 'messages', value, isRedacted: true },
        carried: null,
      }
    }
    default:
      return null
  }
}

/** Reads a block of thinking: Anthropic's own, or with carried fields of another vendor. */
export function readThinking(text: string, signature: string | null): Reasoning {
  return { type: 'reasoning', text, ...openToken(signature, 'messages', null) }
}

/** Reads a text or a list of text and media blocks. Skips empty texts, which vendors refuse. */
export function readMessagesParts(content: unknown, findings: Findings): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return elementsOf(content).flatMap(block => readPart(block, findings))
}

function readPart(block: unknown, findings: Findings): readonly Part[] {
  const type = fieldOf(block, 'type')
  switch (type) {
    case 'text':
      return withCache(textPart(textOf(fieldOf(block, 'text'))), block)
    case 'image':
      return withCache(imagePart(fieldOf(block, 'source'), findings), block)
    case 'document':
      return withCache(documentPart(block, findings), block)
    case 'search_result': {
      const texts = elementsOf(fieldOf(block, 'content')).map(part => textOf(fieldOf(part, 'text')))
      const head = [textOf(fieldOf(block, 'title')), textOf(fieldOf(block, 'source'))]
      return textPart([...head, ...texts].filter(text => text !== '').join('\n'))
    }
    default:
      findings.leaveOut(`content.${textOf(type)}`)
      return []
  }
}

function withCache(parts: readonly Part[], block: unknown): readonly Part[] {
  const cacheControl = fieldOf(block, 'cache_control')
  if (!isObject(cacheControl)) return parts
  return parts.map(part =>
    part.type === 'text' || part.type === 'image' || part.type === 'file' ? { ...part, cacheControl } : part,
  )
}

function textPart(text: string): readonly Part[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function imagePart(source: unknown, findings: Findings): readonly Part[] {
  const url = urlOf(source)
  if (url !== null) return [{ type: 'image', url, detail: null }]
  findings.needState('image.source.file_id', fieldOf(source, 'file_id'))
  return []
}

function documentPart(block: unknown, findings: Findings): readonly Part[] {
  const source = fieldOf(block, 'source')
  const title = filledText(fieldOf(block, 'title'))
  if (fieldOf(source, 'type') === 'text')
    return textPart([title ?? '', textOf(fieldOf(source, 'data'))].filter(text => text !== '').join('\n'))
  // One level of nesting: its blocks are texts and images.
  if (fieldOf(source, 'type') === 'content') return simpleParts(fieldOf(source, 'content'), findings)
  const url = urlOf(source)
  if (url !== null) return [{ type: 'file', url, name: title }]
  findings.needState('document.source.file_id', fieldOf(source, 'file_id'))
  return []
}

function simpleParts(content: unknown, findings: Findings): readonly Part[] {
  if (typeof content === 'string') return textPart(content)
  return elementsOf(content).flatMap(block =>
    fieldOf(block, 'type') === 'image'
      ? imagePart(fieldOf(block, 'source'), findings)
      : textPart(textOf(fieldOf(block, 'text'))),
  )
}

function urlOf(source: unknown): string | null {
  const type = fieldOf(source, 'type')
  if (type === 'url') return filledText(fieldOf(source, 'url'))
  const base64 = filledText(fieldOf(source, 'data'))
  if (type !== 'base64' || base64 === null) return null
  return writeDataUrl({ mediaType: textOf(fieldOf(source, 'media_type')), base64 })
}

/** The arguments of a call as an object; empty if they are not one. */
export function inputOf(given: string): JsonObject {
  const parsed = parseJson(given)
  return isObject(parsed) ? parsed : {}
}
