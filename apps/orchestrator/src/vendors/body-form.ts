/** The form of a body by its first bytes: JSON, an event stream, or other. */
export type BodyForm = 'json' | 'events' | 'other'

/** Enough to recognise the first line of an event stream after white space. */
const maxStartBytes = 65_536
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Possible first lines of an event stream, and their incomplete prefixes. */
const eventLine = /^(?::|(?:data|event|id|retry)\s*(?::|[\r\n]))/
const partOfEventLine = /^(?:d(?:a(?:ta?)?)?|e(?:v(?:e(?:nt?)?)?)?|id?|r(?:e(?:t(?:ry?)?)?)?)$/

/** Removes a byte order mark, on which JSON parsers and clients fail. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes
}

/**
 * Detects the form of a body from its start, whatever its content type; that of an event stream counts only if the
 * bytes are ambiguous. Null if more bytes are needed.
 *
 * @param isAll whether the body is complete
 */
export function formOf(start: Buffer, contentType: string | undefined, isAll: boolean): BodyForm | null {
  const text = withoutMark(start.subarray(0, maxStartBytes)).toString('latin1').trimStart()
  const isOpen = !isAll && start.length < maxStartBytes
  if (isOpen && (text === '' || partOfEventLine.test(text) || isPartOfMark(start))) return null
  if (text.startsWith('{') || text.startsWith('[')) return 'json'
  if (eventLine.test(text) || (partOfEventLine.test(text) && isAll)) return 'events'
  return text !== '' && isEventStream(contentType) && !text.startsWith('<') ? 'events' : 'other'
}

/** Whether a content type is binary. */
export function isBinary(contentType: string | undefined): boolean {
  return /^\s*(?:audio|video|image)\/|^\s*application\/(?:octet-stream|ogg)/i.test(contentType ?? '')
}

/** Whether a content type is that of event streams. */
function isEventStream(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream'
}

function isPartOfMark(start: Buffer): boolean {
  return start.length < byteOrderMark.length && byteOrderMark.subarray(0, start.length).equals(start)
}
