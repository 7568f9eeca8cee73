/** What the runner tells a worker. */
export interface WorkerOptions {
  readonly url: string
  readonly seed: number
  /** Concurrent callers. */
  readonly callers: number
  readonly journalPath: string
  readonly maxVendorMs: number
}
