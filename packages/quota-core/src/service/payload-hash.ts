import type { CountName, Counts } from '../domain/counts.js'
import { sha256Base64Url } from './sha-256.js'

/** 132 bits, so that collisions are practically impossible. */
const hashCharacters = 22

/** A part of a payload. */
export type HashedPart = string | number | boolean | null | Counts

/**
 * Hash of a payload, which distinguishes a repeated command from a reused id. Parts are strings, numbers, booleans and
 * counts in a fixed order. Hashes are stored, so equal parts must give equal hashes in all releases.
 */
export function payloadHash(parts: readonly HashedPart[]): string {
  let canonical = ''
  for (const part of parts) {
    // A length prefix separates texts from each other and from numbers.
    if (typeof part === 'string') canonical += `${part.length}:${part};`
    else if (part === null || typeof part !== 'object') canonical += `${part};`
    else canonical += canonicalCounts(part)
  }
  return sha256Base64Url(canonical, hashCharacters)
}

/** A count that came later is written by its name, and only where there is one: the hashes of before stay. */
const laterCounts: readonly CountName[] = ['audioSecondCount']

/** The counts of the first release are written out, since reading properties by a variable name is slow. */
function canonicalCounts(counts: Counts): string {
  const { requestCount, characterCount, inputTokenCount, outputTokenCount } = counts
  let canonical = `${requestCount},${characterCount},${inputTokenCount},${outputTokenCount},`
  canonical += `${counts.cachedInputTokenCount},${counts.costMicroUsd},`
  for (const name of laterCounts) if (counts[name] !== 0) canonical += `${name}=${counts[name]},`
  return canonical
}
