import type { Part } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { readDataUrl } from '../json/data-url.js'
import { elementsOf, fieldOf, filledText, textOf } from '../json/json-value.js'
import type { ChatPart } from './chat-wire.js'

/** Reads a message's content, a text or a list of parts. */
export function readChatParts(content: unknown, findings: Findings): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return elementsOf(content).flatMap((part): readonly Part[] => {
    const type = fieldOf(part, 'type')
    if (type === 'text') return textPart(part)
    if (type === 'refusal') return [{ type: 'refusal', text: textOf(fieldOf(part, 'refusal')) }]
    if (type === 'image_url') return imagePart(fieldOf(part, 'image_url'))
    if (type === 'input_audio') return audioPart(fieldOf(part, 'input_audio'))
    if (type === 'file') return filePart(fieldOf(part, 'file'), findings)
    findings.leaveOut(`content.${textOf(type)}`)
    return []
  })
}

function textPart(part: unknown): readonly Part[] {
  const text = filledText(fieldOf(part, 'text'))
  const cacheControl = fieldOf(part, 'cache_control')
  if (text === null) return []
  return [cacheControl === undefined ? { type: 'text', text } : { type: 'text', text, cacheControl }]
}

function imagePart(image: unknown): readonly Part[] {
  const url = typeof image === 'string' ? image : filledText(fieldOf(image, 'url'))
  return url === null ? [] : [{ type: 'image', url, detail: filledText(fieldOf(image, 'detail')) }]
}

function audioPart(audio: unknown): readonly Part[] {
  const base64 = filledText(fieldOf(audio, 'data'))
  return base64 === null ? [] : [{ type: 'audio', base64, format: textOf(fieldOf(audio, 'format')) }]
}

function filePart(file: unknown, findings: Findings): readonly Part[] {
  const url = filledText(fieldOf(file, 'file_data'))
  if (url !== null) return [{ type: 'file', url, name: filledText(fieldOf(file, 'filename')) }]
  findings.needState('file.file_id', fieldOf(file, 'file_id'))
  return []
}

/** Writes parts as a user's content: a plain text if there is only text, since not every vendor accepts a list. */
export function writeChatParts(parts: readonly Part[], findings: Findings): string | ChatPart[] {
  const texts = parts.filter(part => part.type === 'text')
  const [first] = texts
  if (parts.length === 1 && first !== undefined) return first.text
  const written = parts.flatMap(part => writePart(part, findings))
  return written.length === 0 ? '' : written
}

function writePart(part: Part, findings: Findings): readonly ChatPart[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'image': {
      const detail = part.detail === 'original' ? 'high' : part.detail
      const isKnown = detail === 'low' || detail === 'high' || detail === 'auto'
      return [{ type: 'image_url', image_url: { url: part.url, ...(isKnown ? { detail } : {}) } }]
    }
    case 'audio': {
      const { base64, format } = part
      if (format === 'wav' || format === 'mp3')
        return [{ type: 'input_audio', input_audio: { data: base64, format } }]
      findings.leaveOut('input_audio')
      return []
    }
    case 'file': {
      if (readDataUrl(part.url) !== null)
        return [{ type: 'file', file: { file_data: part.url, filename: part.name ?? 'file' } }]
      // Chat completions accept only a file's content, not its address.
      findings.leaveOut('file.url')
      return []
    }
  }
}
