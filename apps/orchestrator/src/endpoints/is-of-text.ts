import { isObject } from '../json-value.js'

/** Parts of a message that bring sound, by their type or as their field. */
const soundParts: ReadonlySet<string> = new Set(['input_audio', 'audio_url'])
const mediaTypes: ReadonlySet<string> = new Set(['mime_type', 'mimetype'])
const requestedKinds: ReadonlySet<string> = new Set([
  'modalities',
  'response_modalities',
  'responsemodalities',
])

/**
 * Whether a JSON request of any format is about text alone, or images that are read as tokens of text: it neither brings
 * sound nor asks for sound or images. Takes time in proportion to its size, however deeply it is nested. A regular
 * expression over the text took 12 s for 340 KB of nested lists, and missed escaped names.
 */
export function isOfText(body: unknown): boolean {
  const open: unknown[] = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) open.push(item)
      continue
    }
    if (!isObject(value)) continue
    for (const [name, field] of Object.entries(value)) {
      if (isOfSoundOrImages(name, field)) return false
      if (typeof field === 'object' && field !== null) open.push(field)
    }
  }
  return true
}

function isOfSoundOrImages(name: string, field: unknown): boolean {
  if (soundParts.has(name)) return true
  if (name === 'type') return typeof field === 'string' && soundParts.has(field)
  const plain = name.toLowerCase()
  if (mediaTypes.has(plain)) return typeof field === 'string' && field.toLowerCase().startsWith('audio/')
  return requestedKinds.has(plain) && Array.isArray(field) && field.some(isSoundOrImage)
}

function isSoundOrImage(kind: unknown): boolean {
  return typeof kind === 'string' && /^(?:audio|image)$/i.test(kind)
}
