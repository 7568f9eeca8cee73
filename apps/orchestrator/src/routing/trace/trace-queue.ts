import { isInVain } from '../../api/api-error.js'
import type { QuotaApi, RequestTrace } from '../../api/quota-api.js'
import type { Log } from '../../log.js'

/** Most queued traces; the oldest are dropped first. */
const maxWaiting = 10_000
/** The API accepts 100 per request. */
const maxTogether = 100
const pauseMs = 1_000

/** Sends request traces to the API in batches. Best effort: callers do not wait, and dropped traces are logged. */
export class TraceQueue {
  readonly #api: QuotaApi
  readonly #log: Log
  readonly #waiting: RequestTrace[] = []
  /** Sent but not acknowledged: sent again unchanged, by which the API recognises them. */
  #unacknowledged: readonly RequestTrace[] = []
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

  /** Sends the rest once. @returns when sent or failed, within the API's timeout */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#telling
    await this.#report()
    this.#lost += this.#unacknowledged.length + this.#waiting.splice(0).length
    this.#unacknowledged = []
    this.#sayWhatIsLost()
  }

  #wait(): void {
    if (this.#timer !== null || this.#telling !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#telling = this.#report().finally(() => {
        this.#telling = null
        if (this.#unacknowledged.length + this.#waiting.length > 0) this.#wait()
      })
    }, pauseMs)
    // Does not keep the process alive.
    this.#timer.unref()
  }

  /**
   * Never rejects: what is not acknowledged is sent again. New traces wait for the next interval; under steady load each
   * would otherwise be sent alone, without a pause.
   */
  async #report(): Promise<void> {
    let left = this.#waiting.length
    while (this.#unacknowledged.length > 0 || left > 0) {
      if (this.#unacknowledged.length === 0) {
        this.#unacknowledged = this.#waiting.splice(0, Math.min(left, maxTogether))
        left -= this.#unacknowledged.length
      }
      try {
        await this.#api.report(this.#unacknowledged)
      } catch (error) {
        if (!isInVain(error)) {
          this.#log.warn({ err: error }, 'sending traces failed; trying again')
          return
        }
        this.#log.warn({ err: error }, 'the API refuses these traces')
        this.#lost += this.#unacknowledged.length
      }
      this.#unacknowledged = []
    }
    this.#sayWhatIsLost()
  }

  #sayWhatIsLost(): void {
    if (this.#lost === 0) return
    this.#log.warn({ lost: this.#lost }, 'request traces dropped')
    this.#lost = 0
  }
}
