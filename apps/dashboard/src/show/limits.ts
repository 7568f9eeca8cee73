import type { LimitState } from '../data/api.js'

/** What tells a limit from the others of its provider, beside its measure. */
export function detailsOf({ subject, model, mode, source }: LimitState): readonly string[] {
  return [
    ...(model === null ? [] : [model]),
    ...(subject.kind === 'pool' ? [`pool ${subject.name}`] : []),
    ...(mode === 'shadow' ? ['shadow'] : []),
    ...(source === 'learned' ? ['learned'] : []),
  ]
}

/** A key for lists: a limit of a pool, or for one of many models, has an id that is not unique alone. */
export function keyOf({ id, subject, model }: LimitState): string {
  return `${subject.kind}/${subject.name}/${id}/${model ?? ''}`
}

/** Units spent as far as we and the vendor know. */
export function spentOf({ used, observed }: Pick<LimitState, 'used' | 'observed'>): number {
  return used + observed
}
