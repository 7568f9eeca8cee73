import type { Counts } from '@quotakeeper/quota-core'

/** Units of a limit's metric, implemented here once more, so that the checks don't trust what they check. */
export function unitsOf(metric: string, counts: Counts): number {
  switch (metric) {
    case 'requests':
      return counts.requestCount
    case 'characters':
      return counts.characterCount
    case 'tokens':
      return counts.inputTokenCount + counts.outputTokenCount
    case 'inputTokens':
      return counts.inputTokenCount
    case 'outputTokens':
      return counts.outputTokenCount
    default:
      throw new Error(`the fire has no limit of ${metric}`)
  }
}
