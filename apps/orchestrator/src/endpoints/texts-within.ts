import { fieldOf } from '../json-value.js'
import type { TextPiece } from './stream-dialect.js'

/** Fields whose texts are given whole, by some vendors in every event: clients do not join them. */
export const wholeTexts: ReadonlySet<string> = new Set(['role', 'type', 'id', 'name', 'format', 'object'])
/** Vendors' events are no deeper; below it a key is redacted only if one event holds it whole. */
const maxDepth = 8

/**
 * All texts that a part of an answer adds, in whatever field, since vendors add new ones: a client joins those of the same
 * field, and those of a list by the `index` of its elements where they have one.
 *
 * @param channel where the part stands in the answer
 */
export function textsWithin(part: unknown, channel: string, depth = 0): readonly TextPiece[] {
  if (typeof part !== 'object' || part === null || depth > maxDepth) return []
  if (Array.isArray(part)) {
    return part.flatMap(element =>
      textsWithin(element, `${channel}.${String(fieldOf(element, 'index') ?? '')}`, depth + 1),
    )
  }
  return Object.entries(part).flatMap(([field, content]) => {
    if (typeof content !== 'string') return textsWithin(content, `${channel}.${field}`, depth + 1)
    if (content === '' || wholeTexts.has(field)) return []
    const replace = (replacement: string): void => {
      Object.assign(part, { [field]: replacement })
    }
    return [{ channel: `${channel}.${field}`, text: content, replace }]
  })
}
