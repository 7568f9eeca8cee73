import type { HistoryKind } from './plan.js'

/** Why a quota had no room for a granted call when it arrived. */
export type RefusalCause = 'edge' | 'late' | 'overrun' | 'interference' | 'unexplained'

/** The used share of a quota, over windows in which demand exceeded it. */
export interface Share {
  /** Sum of the used shares, each 0…1. */
  used: number
  windowCount: number
}

/** Quotas of vendors, and limits of consumers. */
export type Family = QuotaFamily | `consumer ${QuotaFamily}`
type QuotaFamily = 'calendar' | 'rolling'

/** Statistics of the histories of one kind. */
export class Figures {
  historyCount = 0
  stepCount = 0
  grantCount = 0
  denialCount = 0
  /** Denials by limits of consumers. */
  consumerDenialCount = 0
  crashCount = 0
  lostMessageCount = 0
  settlementCount = 0
  /** Calls that reached a vendor. */
  callCount = 0
  /** Calls without room at arrival: vendors refuse them, consumers' limits only count them. */
  readonly refusals: Map<string, number> = new Map()
  readonly shares: Map<Family, Share> = new Map()

  refused(family: Family, cause: RefusalCause): void {
    const key = `${family} ${cause}`
    this.refusals.set(key, (this.refusals.get(key) ?? 0) + 1)
  }

  refusalCount(family: Family, cause?: RefusalCause): number {
    let count = 0
    for (const [key, some] of this.refusals) {
      if (cause === undefined ? key.startsWith(family) : key === `${family} ${cause}`) count += some
    }
    return count
  }

  share(family: Family): Share {
    const share = this.shares.get(family) ?? { used: 0, windowCount: 0 }
    this.shares.set(family, share)
    return share
  }
}

/** A summary line of the histories of one kind. */
export function describeFigures(kind: HistoryKind, figures: Figures): string {
  const shares = [...figures.shares].map(
    ([family, { used, windowCount }]) =>
      `; of ${windowCount} ${family} windows with more demand ${percent(used, windowCount)} used`,
  )
  const refusals = [...figures.refusals].sort().map(([cause, count]) => `${count} ${cause}`)
  const { historyCount, stepCount, callCount, grantCount, denialCount, crashCount } = figures
  return [
    `${kind}: ${historyCount} histories, ${stepCount} steps, ${grantCount} grants, ${denialCount} denials (${figures.consumerDenialCount} by consumers),`,
    `${callCount} calls at vendors, ${figures.settlementCount} settlements, ${crashCount} crashes,`,
    `${figures.lostMessageCount} lost messages; without room at arrival: ${refusals.join(', ') || 'none'}`,
  ]
    .join(' ')
    .concat(...shares)
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`
}
