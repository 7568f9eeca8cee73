/**
 * How many durations there are in each bucket, the shortest first; buckets without any at the end are left out. Bucket 0
 * holds durations up to 10 ms, and each further one those up to 2^¼ times as long; the last holds all that are longer than
 * an hour. Sums of histograms are histograms, so that those of an hour add up to those of a week.
 */
export type DurationHistogram = readonly number[]

/** Milliseconds up to which a duration is in the first bucket. */
const shortestMs = 10
const bucketsPerDoubling = 4
/** 75: the last one begins at 52 minutes. */
export const bucketCount: number = Math.ceil(bucketsPerDoubling * Math.log2(3_600_000 / shortestMs)) + 1

/**
 * How far a percentile of a histogram is from that of the durations themselves, as a share of it: 9.1 %, since both are in
 * one bucket, and the histogram's is the bucket's geometric middle. It does not hold for the first and the last bucket.
 */
export const maxRelativeError: number = 2 ** (1 / bucketsPerDoubling / 2) - 1

/** The bucket of a duration in milliseconds. Negative ones, by a clock that was set back, are in the first. */
export function bucketOf(durationMs: number): number {
  if (!(durationMs > shortestMs)) return 0
  return Math.min(bucketCount - 1, Math.ceil(bucketsPerDoubling * Math.log2(durationMs / shortestMs)))
}

/** The duration that stands for a bucket, in whole milliseconds: its geometric middle; 10 for the first. */
function durationOf(bucket: number): number {
  if (bucket === 0) return shortestMs
  return Math.round(shortestMs * 2 ** ((bucket - 0.5) / bucketsPerDoubling))
}

/** The histogram of a single duration. */
export function histogramOf(durationMs: number): DurationHistogram {
  const bucket = bucketOf(durationMs)
  return Array.from({ length: bucket + 1 }, (_, index) => (index === bucket ? 1 : 0))
}

/** The sum of two histograms. */
export function addHistograms(left: DurationHistogram, right: DurationHistogram): DurationHistogram {
  const [long, short] = left.length >= right.length ? [left, right] : [right, left]
  return long.map((count, bucket) => count + (short[bucket] ?? 0))
}

/**
 * A percentile in whole milliseconds, by the nearest rank; null of no durations.
 * @param percent from 1 to 100
 */
export function percentileMs(histogram: DurationHistogram, percent: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  // In whole numbers: 0.95 × 20 would be more than 19.
  const rank = Math.ceil((percent * total) / 100)
  let reached = 0
  const bucket = histogram.findIndex(count => {
    reached += count
    return reached >= rank
  })
  return durationOf(bucket)
}
