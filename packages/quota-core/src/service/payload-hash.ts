import { type Counts, countNames } from '../domain/counts.js'
import { sha256Base64Url } from './sha-256.js'

/** 132 bits: that two payloads share them by chance is as good as impossible. */
const hashCharacters = 22

/**
 * A hash of a payload, by which a repeated command is told from an id that is used again. Parts are
 * texts, numbers, truth values and counts in a fixed order; equal parts give equal hashes for ever,
 * since hashes are stored.
 */
export function payloadHash(...parts: readonly (string | number | boolean | null | Counts)[]): string {
  let canonical = ''
  for (const part of parts) {
    // Texts are told from each other, and from numbers, by their lengths in front of them.
    if (typeof part === 'string') canonical += `${part.length}:${part};`
    else if (part === null || typeof part !== 'object') canonical += `${part};`
    else for (const name of countNames) canonical += `${part[name]},`
  }
  return sha256Base64Url(canonical, hashCharacters)
}
