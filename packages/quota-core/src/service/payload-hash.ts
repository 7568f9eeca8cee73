import { hash } from 'node:crypto'
import { type Counts, countNames } from '../domain/counts.js'

/**
 * A hash of a payload, by which a repeated command is told from an id that is used again. Parts are
 * texts, numbers, truth values and counts in a fixed order; equal parts give equal hashes for ever,
 * since hashes are stored.
 */
export function payloadHash(...parts: readonly (string | number | boolean | null | Counts)[]): string {
  const canonical = parts.map(part =>
    part !== null && typeof part === 'object' ? countNames.map(name => part[name]) : part,
  )
  return hash('sha256', JSON.stringify(canonical), 'base64url').slice(0, 22)
}
