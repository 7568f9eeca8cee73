import { type CountName, type Counts, countNames } from '../domain/counts.js'
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
