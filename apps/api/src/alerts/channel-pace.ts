const minuteMs = 60_000

interface Minute {
  startMs: number
  sentCount: number
  heldCount: number
}

/** What was held back from a receiver in the minute before. */
export interface HeldBack {
  readonly channel: string
  readonly count: number
}

/**
 * Bounds what each receiver is sent in a minute: a storm of crossings must not fill somebody's mailbox. What is held
 * back is counted, for one message that says so once the minute is over.
 */
export class ChannelPace {
  readonly #minutes = new Map<string, Minute>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whether one more may be sent; otherwise it counts as held back. */
  admit(channel: string, maxPerMinute: number): boolean {
    const minute = this.#minuteOf(channel)
    if (minute.sentCount >= maxPerMinute) {
      minute.heldCount++
      return false
    }
    minute.sentCount++
    return true
  }

  /** Who had something held back in a minute that is over; at the end, in whichever. Each is told once. */
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
