/** Whether `used` is at least `percent` % of `max`, in exact integers, so that rounding cannot hide equality. */
export function reachesPercent(used: number, max: number, percent: number): boolean {
  const scaledUsed = used * 100
  const scaledMax = max * percent
  if (scaledUsed <= Number.MAX_SAFE_INTEGER && scaledMax <= Number.MAX_SAFE_INTEGER) {
    return scaledUsed >= scaledMax
  }
  return BigInt(used) * 100n >= BigInt(max) * BigInt(percent)
}

/** Status by spent share: below 80 % available, below 90 % warning, below 100 % critical, otherwise disabled. */
export type QuotaStatus = 'available' | 'warning' | 'critical' | 'disabled'

const statusOrder: readonly QuotaStatus[] = ['available', 'warning', 'critical', 'disabled']

/** The status of a limit of which `used` units out of `max` are spent. A max of 0 is disabled. */
export function statusOf(used: number, max: number): QuotaStatus {
  if (reachesPercent(used, max, 100)) return 'disabled'
  if (reachesPercent(used, max, 90)) return 'critical'
  return reachesPercent(used, max, 80) ? 'warning' : 'available'
}

/** The worse of two statuses. */
export function worseStatus(left: QuotaStatus, right: QuotaStatus): QuotaStatus {
  return statusOrder.indexOf(left) >= statusOrder.indexOf(right) ? left : right
}
