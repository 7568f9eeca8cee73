import type { FastifyReply } from 'fastify'

const maxCalls = 5_000

/** The calls in flight: bounded, and aborted when their client disconnects. */
export class CallsInFlight {
  readonly #calls = new Set<AbortController>()

  /** Admits a call; null if there are too many. The signal aborts when the client disconnects. */
  enter(reply: FastifyReply): AbortSignal | null {
    // `close` was emitted already: the call would stay counted.
    if (reply.raw.closed) return AbortSignal.abort()
    if (this.#calls.size >= maxCalls) return null
    const call = new AbortController()
    this.#calls.add(call)
    reply.raw.once('close', () => {
      this.#calls.delete(call)
      if (!reply.raw.writableFinished) call.abort()
    })
    return call.signal
  }

  /** Aborts every call. */
  abortAll(): void {
    for (const call of this.#calls) call.abort()
  }
}
