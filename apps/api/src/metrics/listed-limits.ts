import { type ConsumerStats, compareText, consumerKind, type LimitState } from '@quotakeeper/quota-core'

/** A limit, of a provider with a forecast. */
type Figures = Pick<LimitState, 'used' | 'observed' | 'held' | 'max' | 'vendor'> & {
  /** Absent without a forecast; null if it lasts. */
  readonly exhaustsAt?: string | null
}
type Limit = Figures & Pick<LimitState, 'id' | 'subject'>

/** A limit and the labels of its gauges. */
export interface ListedLimit {
  readonly labels: { readonly kind: string; readonly subject: string; readonly limit: string }
  readonly limit: Figures
}

/** The subject of summed consumers. */
const others = 'other'

/**
 * Each limit once, ordered by labels. Of those per model or user it is the fullest one: models and users, which callers
 * name, are no labels.
 */
export function fullestLimits(
  owners: readonly { readonly limits: readonly Limit[] }[],
): readonly ListedLimit[] {
  const fullest = new Map<string, ListedLimit>()
  for (const limit of owners.flatMap(({ limits }) => limits)) {
    const labels = { kind: limit.subject.kind, subject: limit.subject.name, limit: limit.id }
    const key = `${labels.kind}\n${labels.subject}\n${labels.limit}`
    const known = fullest.get(key)
    if (known === undefined || remainingRatio(limit) < remainingRatio(known.limit))
      fullest.set(key, { labels, limit })
  }
  return [...fullest].sort(([left], [right]) => compareText(left, right)).map(([, listed]) => listed)
}

/**
 * The limits of the first `maxConsumers` consumers that have any, by name, and the sums of the others', for each limit's
 * id. A consumer of the name of these sums is among the others.
 */
export function limitsOfConsumers(
  consumers: readonly ConsumerStats[],
  maxConsumers: number,
): readonly ListedLimit[] {
  const limited = consumers.filter(({ limits }) => limits.length > 0)
  const named = new Set(
    limited
      .map(({ consumer }) => consumer)
      .filter(name => name !== others)
      .sort(compareText)
      .slice(0, maxConsumers),
  )
  const rest = new Map<string, Figures>()
  for (const { labels, limit } of fullestLimits(limited.filter(({ consumer }) => !named.has(consumer)))) {
    const sum = rest.get(labels.limit)
    rest.set(labels.limit, sum === undefined ? summed(limit) : added(sum, limit))
  }
  return [
    ...fullestLimits(limited.filter(({ consumer }) => named.has(consumer))),
    ...[...rest].map(([id, limit]) => ({
      labels: { kind: consumerKind, subject: others, limit: id },
      limit,
    })),
  ]
}

function summed({ used, observed, held, max }: Figures): Figures {
  return { used, observed, held, max, vendor: null }
}

/** Without a maximum if one of them has none. */
function added(sum: Figures, { used, observed, held, max }: Figures): Figures {
  return {
    used: sum.used + used,
    observed: sum.observed + observed,
    held: sum.held + held,
    max: sum.max === null || max === null ? null : sum.max + max,
    vendor: null,
  }
}

/** The fraction left, 0 to 1; 1 without a maximum. */
export function remainingRatio({ max, used, observed }: Pick<Figures, 'max' | 'used' | 'observed'>): number {
  if (max === null) return 1
  return max === 0 ? 0 : Math.max(0, max - used - observed) / max
}
