import type { QuotaApi, RequestTrace } from '../../api/quota-api.js'
import type { Log } from '../../log.js'

/** Traces that wait to be sent at most: older ones go first. */
const maxWaiting = 10_000
/** The API takes 100 at once. */
const maxTogether = 100
const pauseMs = 1_000

/**
 * Tells the API how requests were routed, now and then and many at once. Best effort: nobody waits for it, and
 * what cannot be told in time is lost, which the log says.
 */
export class TraceQueue {
  readonly #api: QuotaApi
  readonly #log: Log
  readonly #waiting: RequestTrace[] = []
  #timer: NodeJS.Timeout | null = null
  #telling: Promise<void> | null = null
  #lost = 0

  constructor({ api, log }: { readonly api: QuotaApi; readonly log: Log }) {
    this.#api = api
    this.#log = log
  }

  add(trace: RequestTrace): void {
    this.#waiting.push(trace)
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.shift()
      this.#lost++
    }
    this.#wait()
  }

  /** Tells what is left, once. @returns when that is done or has failed: within the API's own time limit */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#telling
    await this.#report()
    this.#lost += this.#waiting.splice(0).length
    this.#sayWhatIsLost()
  }

  #wait(): void {
    if (this.#timer !== null || this.#telling !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#telling = this.#report().finally(() => {
        this.#telling = null
        if (this.#waiting.length > 0) this.#wait()
      })
    }, pauseMs)
    // Nobody is kept from ending by it.
    this.#timer.unref()
  }

  /**
   * Never rejects: what was not taken stays. What comes meanwhile waits for its own time: under steady load each
   * would go alone otherwise, one behind the other without a pause.
   */
  async #report(): Promise<void> {
    for (let left = this.#waiting.length; left > 0; left -= maxTogether) {
      const traces = this.#waiting.slice(0, Math.min(left, maxTogether))
      try {
        await this.#api.report(traces)
      } catch (error) {
        this.#log.warn({ err: error }, 'sending traces failed; trying again')
        return
      }
      // Meanwhile the oldest may have been given up.
      const reported = new Set(traces)
      while (this.#waiting[0] !== undefined && reported.has(this.#waiting[0])) this.#waiting.shift()
    }
    this.#sayWhatIsLost()
  }

  #sayWhatIsLost(): void {
    if (this.#lost === 0) return
    this.#log.warn({ lost: this.#lost }, 'request traces dropped')
    this.#lost = 0
  }
}
