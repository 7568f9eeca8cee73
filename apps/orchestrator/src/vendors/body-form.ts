/** What a body is, by its first bytes: JSON, an event stream, or neither. */
export type BodyForm = 'json' | 'events' | 'other'

/** No line that begins an event stream needs more to be told; nor does leading white space have a use. */
const maxStartBytes = 65_536
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** The lines that an event stream may begin with, and what they may have grown to while they are incomplete. */
const eventLine = /^(?::|(?:data|event|id|retry)\s*(?::|[\r\n]))/
const partOfEventLine = /^(?:d(?:a(?:ta?)?)?|e(?:v(?:e(?:nt?)?)?)?|id?|r(?:e(?:t(?:ry?)?)?)?)$/

/** A body without the byte order mark that it may begin with, at which JSON parsers and clients fail. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes
}

/**
 * The form of a body by how it begins, whatever its vendor calls it; the name of an event stream counts where the
 * bytes leave it open. Null where more must come to tell.
 *
 * @param isAll whether nothing more comes
 */
export function formOf(start: Buffer, contentType: string | undefined, isAll: boolean): BodyForm | null {
  const text = withoutMark(start.subarray(0, maxStartBytes)).toString('latin1').trimStart()
  const isOpen = !isAll && start.length < maxStartBytes
  if (isOpen && (text === '' || partOfEventLine.test(text) || isPartOfMark(start))) return null
  if (text.startsWith('{') || text.startsWith('[')) return 'json'
  if (eventLine.test(text) || (partOfEventLine.test(text) && isAll)) return 'events'
  return text !== '' && isEventStream(contentType) && !text.startsWith('<') ? 'events' : 'other'
}

/** Whether a content type is that of bytes which are no text. */
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
