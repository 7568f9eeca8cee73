import { amountOf } from './numbers.js'

interface ShownLimit {
  readonly id: string
  readonly metric: string
  /** Null for none. */
  readonly max: number | null
  readonly per: 'model' | 'user' | null
  readonly mode: 'enforce' | 'shadow'
}

/**
 * Limits in one line: `requests/day=1,000, requests/day per user=50 (only reports)`.
 * @param none the text without limits
 */
export function limitsText(limits: readonly ShownLimit[], none = '–'): string {
  return limits.map(limitText).join(', ') || none
}

function limitText({ id, metric, max, per, mode }: ShownLimit): string {
  const apart = per === 'user' && !id.endsWith(' per user') ? ' per user' : ''
  return `${id}${apart}=${amountOf(metric, max)}${mode === 'shadow' ? ' (only reports)' : ''}`
}
