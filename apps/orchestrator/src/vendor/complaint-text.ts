import { elementsOf, fieldOf } from '../counting/json-value.js'

/** Of what a vendor says, quoted in an error. */
const longestText = 300

/** What a vendor's complaint says, for people: its message, or what it is as text, in one line; empty for none. */
export function complaintText(complaint: unknown): string {
  const text = messageOf(complaint, 3)
  const line = text.replaceAll(/[\s\p{Cc}\p{Surrogate}]+/gu, ' ').trim()
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line
}

function messageOf(complaint: unknown, depth: number): string {
  if (typeof complaint === 'string') return withoutTags(complaint)
  if (depth === 0) return ''
  const inner = [
    fieldOf(complaint, 'error'),
    fieldOf(complaint, 'message'),
    fieldOf(complaint, 'detail'),
    fieldOf(complaint, 'msg'),
    elementsOf(fieldOf(complaint, 'errors'))[0],
    elementsOf(complaint)[0],
  ]
  for (const part of inner) {
    const text = part === undefined ? '' : messageOf(part, depth - 1)
    if (text !== '') return text
  }
  const code = fieldOf(complaint, 'code') ?? fieldOf(complaint, 'type')
  return typeof code === 'string' || typeof code === 'number' ? String(code) : ''
}

/** The words of a page. */
function withoutTags(text: string): string {
  const start = text.slice(0, 20_000)
  return /^\s*</.test(start) ? start.replaceAll(/<(?:script|style)\b[\s\S]*?<\/|<[^>]*>/gi, ' ') : start
}
