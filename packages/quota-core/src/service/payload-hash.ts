import { type CountName, type Counts, countNames } from '../domain/counts.js'
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
const laterCounts: ReadonlySet<CountName> = new Set<CountName>(['audioSecondCount'])

function canonicalCounts(counts: Counts): string {
  let canonical = ''
  for (const name of countNames) {
    if (!laterCounts.has(name)) canonical += `${counts[name]},`
    else if (counts[name] !== 0) canonical += `${name}=${counts[name]},`
  }
  return canonical
}
