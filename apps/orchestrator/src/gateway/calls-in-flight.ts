import type { FastifyReply } from 'fastify'

const maxCalls = 5_000

/** The calls that are under way. Bounded, and each can be ended when its client has gone. */
export class CallsInFlight {
  readonly #calls = new Set<AbortController>()

  /** Lets a call in. Null when there are too many. Its signal aborts when the client goes. */
  enter(reply: FastifyReply): AbortSignal | null {
    if (this.#calls.size >= maxCalls) return null
    const call = new AbortController()
    this.#calls.add(call)
    reply.raw.once('close', () => {
      this.#calls.delete(call)
      if (!reply.raw.writableFinished) call.abort()
    })
    return call.signal
  }

  /** Ends every call, as if its client had gone. */
  abortAll(): void {
    for (const call of this.#calls) call.abort()
  }
}
