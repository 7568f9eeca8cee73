import { randomUUID } from 'node:crypto'
import { type CallFigures, CallSums } from '@quotakeeper/quota-core/rules'
import { isInVain } from '../../api/api-error.js'
import type { CallsReport, QuotaApi } from '../../api/quota-api.js'
import type { Log } from '../../log.js'

/** Groups that are kept while the API does not answer; further calls are counted without their model and consumer. */
const maxGroups = 1_000
/** The API accepts 100 per report. */
const maxTogether = 100
const pauseMs = 5_000

/**
 * Sums what becomes of calls, and sends the sums to the API every 5 s. A report that may have arrived is sent again
 * unchanged, with its number, so that it is counted once. Callers do not wait. What a killed process has not sent is lost.
 */
export class CallFiguresQueue {
  readonly #api: QuotaApi
  readonly #log: Log
  readonly #reporter = randomUUID()
  #lastNumber = 0
  #sums = new CallSums(maxGroups)
  /** Reports that are not acknowledged, in the order of their numbers. */
  #unsent: CallsReport[] = []
  #timer: NodeJS.Timeout | null = null
  #sending: Promise<void> | null = null

  constructor({ api, log }: { readonly api: QuotaApi; readonly log: Log }) {
    this.#api = api
    this.#log = log
  }

  add(figures: CallFigures): void {
    this.#sums.add(figures)
    this.#wait()
  }

  /** Sends the rest once. @returns when sent or failed, within the API's timeout */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#sending
    await this.#send()
    // What came while earlier reports were waiting.
    if (this.#unsent.length === 0 && this.#sums.size > 0) await this.#send()
    if (this.#unsent.length + this.#sums.size > 0) this.#log.warn({}, 'figures of calls were not sent')
  }

  #wait(): void {
    if (this.#timer !== null || this.#sending !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#sending = this.#send().finally(() => {
        this.#sending = null
        if (this.#unsent.length + this.#sums.size > 0) this.#wait()
      })
    }, pauseMs)
    // Does not keep the process alive.
    this.#timer.unref()
  }

  /** Never rejects: what is not acknowledged stays. */
  async #send(): Promise<void> {
    if (this.#unsent.length === 0) this.#numberSums()
    for (let [report] = this.#unsent; report !== undefined; [report] = this.#unsent) {
      try {
        await this.#api.reportCalls(report)
      } catch (error) {
        if (!isInVain(error)) {
          this.#log.warn({ err: error }, 'sending figures of calls failed; trying again')
          return
        }
        this.#log.warn({ err: error }, 'the API does not take figures of calls: they are dropped')
      }
      this.#unsent.shift()
    }
  }

  /** Makes reports of the sums, when all earlier ones are sent: until then only the sums grow, which are bounded. */
  #numberSums(): void {
    const calls = this.#sums.list()
    this.#sums = new CallSums(maxGroups)
    for (let from = 0; from < calls.length; from += maxTogether) {
      this.#lastNumber++
      this.#unsent.push({
        ...{ reporter: this.#reporter, number: this.#lastNumber },
        calls: calls.slice(from, from + maxTogether),
      })
    }
  }
}
