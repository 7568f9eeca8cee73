/**
 * Why a body broke, for people: a code where there is one, since messages of the system's errors name addresses,
 * which are no news to anyone.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || typeof error.code !== 'string') return error.message
  return /^(?:Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ERR_ZSTD)/.test(error.code)
    ? `its compression is broken: ${error.code}`
    : error.code
}
