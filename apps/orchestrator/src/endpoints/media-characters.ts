import { jsonCharacters } from '../json-value.js'

/**
 * Most characters that an image, a file or a sound counts: 1,024 tokens, about what vendors count for a
 * large image. Its base64 text may be a million characters long, which no vendor counts as text.
 */
const maxOfMedia = 4_096

/** The characters that something counts which is no text, in code points. */
export function mediaCharacters(part: unknown): number {
  return jsonCharacters(part, maxOfMedia)
}
