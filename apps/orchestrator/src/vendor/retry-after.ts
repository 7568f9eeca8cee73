/** What nobody waits for is no hint. */
const mostMs = 31 * 86_400_000

/**
 * The wait that a `Retry-After` header states, in milliseconds rounded up: seconds, decimal ones too, or an
 * HTTP date. Null for anything else. Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  const text = header.trim()
  // Only what looks like a date: Date.parse takes "-5" and "120" for years.
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)
  const ms = /^\d{1,9}(?:\.\d{1,9})?$/.test(text)
    ? Math.ceil(Number(text) * 1_000)
    : isDate
      ? Math.max(0, Date.parse(text) - nowMs)
      : Number.NaN
  return ms <= mostMs ? ms : null
}
