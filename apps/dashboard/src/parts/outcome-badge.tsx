import { StatusBadge } from './status-badge.js'

const tones = { answered: 'fine', refused: 'critical', aborted: 'paused' } as const

/** The outcome of a request. */
export function OutcomeBadge({
  outcome,
  code,
}: {
  readonly outcome: keyof typeof tones
  readonly code: string
}) {
  const word = code === '' ? outcome : `${outcome}: ${code.replaceAll('_', ' ')}`
  return <StatusBadge standing={{ tone: tones[outcome], word }} />
}
