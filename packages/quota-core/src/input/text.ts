import { z } from 'zod'
import { isCleanText, longestText } from '../domain/clean-text.js'
import { farthestMs } from '../domain/instant.js'

/**
 * Names of providers and pools. No `/`, which separates a pinned provider from a model. Marks are parts of letters in many
 * scripts: without them there would be no name in Hindi or Thai.
 */
export const nameSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.:@+-]{0,99}$/u, {
    error: 'must be 1 to 100 letters, digits or any of space _ . : @ + - and begin with a letter or digit',
  })

/**
 * Names of what is created or changed: two that look the same are not two. None has a space at the end, and accents are
 * composed (NFC). Older ones can still be read and removed.
 */
export const newNameSchema: z.ZodType<string, string> = nameSchema
  .refine(name => !name.endsWith(' '), { error: 'must not end with a space' })
  .refine(name => name === name.normalize('NFC'), {
    error: 'has an accent that is a character of its own: write it as one with its letter (Unicode NFC)',
  })

/** A clean text of 1 to 200 characters (code points). */
export const textSchema: z.ZodType<string, string> = z
  .string()
  .min(1, { error: 'must not be empty; leave it out instead' })
  .max(longestText, { error: `must be at most ${longestText} characters long` })
  .refine(isCleanText, { error: 'must not contain control characters or lone surrogates' })

/** A UUID, the id of an attempt. Any letter case; stored in lower case. */
export const idSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, { error: 'must be a UUID' })
  .transform(id => id.toLowerCase())

/** A day, `YYYY-MM-DD`, of the years 1 to 9999: PostgreSQL has no year 0. */
export const dateSchema: z.ZodType<string, string> = z.iso
  .date({ error: 'must be a day such as 2026-11-25' })
  .refine(text => !text.startsWith('0000'), { error: 'must be a day such as 2026-11-25' })

const instantError = 'must be an instant such as 2026-11-25T12:00:00Z'
const firstMs = Date.parse('0001-01-01T00:00:00Z')

/** An ISO-8601 instant with `Z` or an offset, of the years 1 to 9999 in UTC, as epoch milliseconds. */
export const instantSchema: z.ZodType<number, string> = z.iso
  .datetime({ offset: true, error: instantError })
  .transform(text => Date.parse(text))
  .refine(instantMs => instantMs >= firstMs && instantMs <= farthestMs, { error: instantError })
