import { z } from 'zod'
import type { Metadata } from '../domain/owner.js'

const maxBytes = 16 * 1024
const deepest = 16

/** User data: a JSON object of at most 16 KiB, without U+0000 or lone surrogates. */
export const metadataSchema: z.ZodType<Metadata, Metadata> = z
  .record(z.string(), z.unknown())
  .superRefine((metadata, ctx) => {
    const fault = faultIn(metadata)
    if (fault !== null) ctx.addIssue({ code: 'custom', message: fault })
  })

function faultIn(metadata: Metadata): string | null {
  const left = { values: maxBytes }
  if (!isJson(metadata, deepest, left)) {
    return left.values < 0
      ? 'must be at most 16 KiB as JSON'
      : 'must be plain JSON, at most 16 levels deep, with finite numbers'
  }
  const text = JSON.stringify(metadata)
  if (new TextEncoder().encode(text).length > maxBytes) return 'must be at most 16 KiB as JSON'
  // JSON writes both only as these escapes.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) return 'must not contain the character U+0000'
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/i.test(text)) return 'must not contain lone surrogates'
  return null
}

/** Every value takes at least a byte, so that counting them stops at huge or circular input. */
function isJson(value: unknown, levels: number, left: { values: number }): boolean {
  left.values--
  if (left.values < 0) return false
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || levels === 0) return false
  if (!Array.isArray(value) && !isPlain(value)) return false
  return Object.values(value).every(item => isJson(item, levels - 1, left))
}

/** Excludes objects such as Date and Map, which JSON would return as something else. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
