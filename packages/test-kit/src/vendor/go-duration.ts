/** Milliseconds in Go's duration format, used in Groq's headers: `285ms`, `7.66s`, `1m26.4s`, `1h4m48s`. */
export function goDuration(durationMs: number): string {
  if (durationMs === 0) return '0s'
  if (durationMs < 1_000) return `${durationMs}ms`
  const hours = Math.floor(durationMs / 3_600_000)
  const minutes = Math.floor(durationMs / 60_000) % 60
  const seconds = (durationMs % 60_000) / 1_000
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}
