import type { FastifyReply } from 'fastify'
import type { Caller } from '../callers/caller.js'
import { SharedBound } from '../callers/shared-bound.js'

const maxCalls = 5_000

/**
 * The calls in flight: bounded, and aborted when their client disconnects, or takes nothing of its answer for a time: a
 * suspended client would hold the room of its key and the memory of its answer for ever.
 */
export class CallsInFlight {
  readonly #calls = new Set<AbortController>()
  readonly #bound = new SharedBound(maxCalls)
  readonly #clientIdleMs: number

  /** @param clientIdleMs how long a client may take nothing of what waits for it */
  constructor(clientIdleMs: number) {
    this.#clientIdleMs = clientIdleMs
  }

  /** Admits a call; null if there are too many, or too many of its caller. The signal aborts when the client disconnects. */
  enter(reply: FastifyReply, caller: Caller): AbortSignal | null {
    // `close` was emitted already: the call would stay counted.
    if (reply.raw.closed) return AbortSignal.abort()
    if (!this.#bound.take({ caller, amount: 1 })) return null
    const call = new AbortController()
    this.#calls.add(call)
    reply.raw.setTimeout(this.#clientIdleMs, () => {
      const { socket } = reply.raw
      // While nothing waits to be sent, the vendor is silent, not the client.
      if (socket !== null && socket.writableLength > 0) socket.destroy()
    })
    reply.raw.once('close', () => {
      this.#calls.delete(call)
      this.#bound.giveBack(caller, 1)
      if (!reply.raw.writableFinished) call.abort()
    })
    return call.signal
  }

  /** Aborts every call. */
  abortAll(): void {
    for (const call of this.#calls) call.abort()
  }
}
