/** Why a body broke, for people: the error's code if it has one, since messages of system errors contain addresses. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || typeof error.code !== 'string') return error.message
  return /^(?:Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ERR_ZSTD)/.test(error.code)
    ? `its compression is broken: ${error.code}`
    : error.code
}
