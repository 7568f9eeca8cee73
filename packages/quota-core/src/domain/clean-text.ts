/** Longest free text of a field, in characters (code points). */
export const longestText = 200

/** Whether a text has no control characters or lone surrogates, which PostgreSQL and terminals cannot handle. */
export function isCleanText(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}]/u.test(text)
}
