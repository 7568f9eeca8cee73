/** What was looked at, and what is to be done about it; null where nothing is. */
export interface Finding {
  readonly about: string
  readonly found: string
  readonly remedy: string | null
  /** What `doctor --fix` would repair; left out where it cannot. */
  readonly fix?: 'clock'
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of a host with several addresses, Node.js gives one error for all of them, without a text.
  const { message } = error
  return message === '' && 'code' in error ? String(error.code) : message
}
