import { useLanguage } from '../texts/language-provider.js'
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
  const { t, errorWords } = useLanguage()
  const name = t(`codes.outcomes.${outcome}`)
  const word = code === '' ? name : t('codes.outcomeWithCode', { outcome: name, code: errorWords(code) })
  return <StatusBadge standing={{ tone: tones[outcome], word }} />
}
