import type { EndedSessionsState } from '@quotakeeper/db'

/** Sessions that are remembered as ended until they would have ended by themselves. */
const maxEnded = 10_000

/** What a cookie says of its session. */
export interface Session {
  /** Random. */
  readonly id: string
  readonly startedAtSeconds: number
  readonly endsAtSeconds: number
}

/**
 * Sessions that people have left, which nobody may go on with, though their cookies are signed and not over. Where
 * more are left than can be remembered, all that began before end: signing in again is all it takes.
 */
export class EndedSessions {
  readonly #endsAtSeconds = new Map<string, number>()
  #begunAfterSeconds = 0

  /** Takes over what all replicas know. */
  learn({ sessions, startedBeforeSeconds }: EndedSessionsState, nowMs: number): void {
    for (const session of sessions) if (!this.#endsAtSeconds.has(session.id)) this.end(session, nowMs)
    this.#begunAfterSeconds = Math.max(this.#begunAfterSeconds, startedBeforeSeconds)
  }

  end({ id, endsAtSeconds }: Pick<Session, 'id' | 'endsAtSeconds'>, nowMs: number): void {
    const nowSeconds = Math.floor(nowMs / 1_000)
    if (this.#endsAtSeconds.size >= maxEnded) this.#forgetOver(nowSeconds)
    if (this.#endsAtSeconds.size >= maxEnded) {
      this.#endsAtSeconds.clear()
      this.#begunAfterSeconds = nowSeconds
    }
    this.#endsAtSeconds.set(id, endsAtSeconds)
  }

  has({ id, startedAtSeconds }: Session): boolean {
    return this.#endsAtSeconds.has(id) || startedAtSeconds < this.#begunAfterSeconds
  }

  #forgetOver(nowSeconds: number): void {
    for (const [id, endsAtSeconds] of this.#endsAtSeconds)
      if (endsAtSeconds <= nowSeconds) this.#endsAtSeconds.delete(id)
  }
}
