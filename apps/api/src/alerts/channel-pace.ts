const minuteMs = 60_000

interface Minute {
  startMs: number
  sentCount: number
  heldCount: number
}

/** The alerts held back from a receiver in the previous minute. */
export interface HeldBack {
  readonly channel: string
  readonly count: number
}

/**
 * Limits the messages a minute to each receiver, so that a burst of alerts does not flood a mailbox. Counts held-back
 * alerts for one summary message after the minute.
 */
export class ChannelPace {
  readonly #minutes = new Map<string, Minute>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whether another message may be sent; if not, it counts as held back. */
  admit(channel: string, maxPerMinute: number): boolean {
    const minute = this.#minuteOf(channel)
    if (minute.sentCount >= maxPerMinute) {
      minute.heldCount++
      return false
    }
    minute.sentCount++
    return true
  }

  /** Receivers with held-back alerts in past minutes; at shutdown, in the current one too. Returns each once. */
  takeHeldBack(isEnd = false): readonly HeldBack[] {
    const held: HeldBack[] = []
    for (const [channel, minute] of this.#minutes) {
      if (!isEnd && this.#now() - minute.startMs < minuteMs) continue
      if (minute.heldCount > 0) held.push({ channel, count: minute.heldCount })
      this.#minutes.delete(channel)
    }
    return held
  }

  #minuteOf(channel: string): Minute {
    const known = this.#minutes.get(channel)
    if (known !== undefined && (known.heldCount > 0 || this.#now() - known.startMs < minuteMs)) return known
    const minute = { startMs: this.#now(), sentCount: 0, heldCount: 0 }
    this.#minutes.set(channel, minute)
    return minute
  }
}
