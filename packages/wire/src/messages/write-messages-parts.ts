import type { FilePart, ImagePart, Part } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { readDataUrl } from '../json/data-url.js'
import { fieldOf } from '../json/json-value.js'
import type { MessagesCacheControl, MessagesDocument, MessagesImage, MessagesPart } from './messages-wire.js'

/** Writes parts as blocks. */
export function writeMessagesParts(parts: readonly Part[], findings: Findings): MessagesPart[] {
  return parts.flatMap(part => writePart(part, findings))
}

function writePart(part: Part, findings: Findings): MessagesPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...cacheOf(part.cacheControl) }]
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'image':
      return writeImage(part, findings)
    case 'file':
      return writeFile(part, findings)
    case 'audio':
      findings.leaveOut('input_audio')
      return []
  }
}

export function cacheOf(cacheControl: unknown): { cache_control?: MessagesCacheControl } {
  if (fieldOf(cacheControl, 'type') !== 'ephemeral') return {}
  const ttl = fieldOf(cacheControl, 'ttl')
  const isKnown = ttl === '5m' || ttl === '1h'
  return { cache_control: { type: 'ephemeral', ...(isKnown ? { ttl } : {}) } }
}

function writeImage({ url, cacheControl }: ImagePart, findings: Findings): MessagesImage[] {
  const data = readDataUrl(url)
  const cache = cacheOf(cacheControl)
  if (data === null) return [{ type: 'image', source: { type: 'url', url }, ...cache }]
  const { mediaType: media_type, base64 } = data
  switch (media_type) {
    case 'image/jpeg':
    case 'image/png':
    case 'image/gif':
    case 'image/webp':
      return [{ type: 'image', source: { type: 'base64', media_type, data: base64 }, ...cache }]
    default:
      findings.leaveOut(`image.${media_type}`)
      return []
  }
}

function writeFile({ url, name, cacheControl }: FilePart, findings: Findings): MessagesDocument[] {
  const data = readDataUrl(url)
  const rest = { ...(name === null ? {} : { title: name }), ...cacheOf(cacheControl) }
  if (data === null) return [{ type: 'document', source: { type: 'url', url }, ...rest }]
  const { mediaType, base64 } = data
  if (mediaType === 'application/pdf')
    return [{ type: 'document', source: { type: 'base64', media_type: mediaType, data: base64 }, ...rest }]
  const text = mediaType.startsWith('text/') ? decodeText(base64) : null
  if (text !== null)
    return [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...rest }]
  findings.leaveOut(`file.${mediaType}`)
  return []
}

function decodeText(base64: string): string | null {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), character => character.charCodeAt(0)))
  } catch {
    // Invalid base64 is not a text either.
    return null
  }
}
