/** Units added to a limit until an instant. */
export interface LimitGrant {
  /** UUID; a grant that is repeated is added once. */
  readonly id: string
  readonly amount: number
  /** Exclusive. */
  readonly untilMs: number
}

/** The max of a limit, and its grants. */
export interface GrantedMax {
  readonly max: number | null
  readonly grants?: readonly LimitGrant[]
}

/** Most active grants of one limit. */
export const maxGrants = 20

const noGrants: readonly LimitGrant[] = []

/** The grants that are active at the instant. */
export function activeGrants({ grants }: Pick<GrantedMax, 'grants'>, atMs: number): readonly LimitGrant[] {
  return grants === undefined ? noGrants : grants.filter(({ untilMs }) => atMs < untilMs)
}

/**
 * Units that the limit allows at the instant: its max and its active grants, at most 2^53 − 1. Null counts without
 * limiting. Rolling limits refill at their max alone.
 */
export function maxAt(limit: GrantedMax, atMs: number): number | null {
  if (limit.grants === undefined || limit.max === null) return limit.max
  const granted = activeGrants(limit, atMs).reduce((sum, { amount }) => sum + amount, limit.max)
  return Math.min(granted, Number.MAX_SAFE_INTEGER)
}
