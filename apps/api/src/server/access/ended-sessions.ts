import type { EndedSessionsState } from '@quotakeeper/db'

/** Most ended sessions kept until their expiry. */
const maxEnded = 10_000

/** The session in a cookie. */
export interface Session {
  /** Random. */
  readonly id: string
  readonly startedAtSeconds: number
  readonly endsAtSeconds: number
}

/**
 * Sessions ended by signing out, whose cookies are refused although signed and not expired. If more end than can be
 * kept, all older sessions end; users sign in again.
 */
export class EndedSessions {
  readonly #endsAtSeconds = new Map<string, number>()
  #begunAfterSeconds = 0

  /** Merges the state shared by all replicas. */
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
