import type { LimitState } from '../data/api.js'
import type { Language } from '../texts/language.js'

/** Details that distinguish a limit from others with the same measure. */
export function detailsOf(
  { t, subjectLabel }: Language,
  { subject, model, user, mode, source }: LimitState,
): readonly string[] {
  return [
    ...(model === null ? [] : [model]),
    ...(user === null ? [] : [user === '' ? t('limits.noUser') : t('limits.user', { name: user })]),
    // Of a consumer, its own limits alone are shown.
    ...(subject.kind === 'provider' || subject.kind === 'consumer' ? [] : [subjectLabel(subject)]),
    ...(mode === 'shadow' ? [t('limits.onlyReports')] : []),
    ...(source === 'learned' ? [t('limits.learned')] : []),
  ]
}

/** A unique key for lists: ids of limits of a pool, or per model, are not unique alone. */
export function keyOf({ id, subject, model, user }: LimitState): string {
  return `${subject.kind}/${subject.name}/${id}/${model ?? ''}/${user ?? ''}`
}

/** Units spent according to us and the vendor. */
export function spentOf({ used, observed }: Pick<LimitState, 'used' | 'observed'>): number {
  return used + observed
}
