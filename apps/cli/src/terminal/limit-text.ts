import { amountOf } from './numbers.js'

interface ShownLimit {
  readonly id: string
  readonly metric: string
  /** Null for none. */
  readonly max: number | null
  readonly per: 'model' | 'user' | null
  readonly mode: 'enforce' | 'shadow'
}

/** A limit in a list: `requests/day=1,000`, `requests/day per user=50 (only reports)`. */
export function limitText({ id, metric, max, per, mode }: ShownLimit): string {
  const apart = per === 'user' && !id.endsWith(' per user') ? ' per user' : ''
  return `${id}${apart}=${amountOf(metric, max)}${mode === 'shadow' ? ' (only reports)' : ''}`
}
