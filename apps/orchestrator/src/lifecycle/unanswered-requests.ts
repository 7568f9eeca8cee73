import type { Server, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** How long a client may take to receive what it was sent last. */
const lingerMs = 500

/** The requests of a server that are not answered yet. */
export class UnansweredRequests {
  readonly #responses = new Set<ServerResponse>()
  #onNone: (() => void) | null = null

  constructor(server: Server) {
    server.on('request', (_, response) => {
      this.#responses.add(response)
      response.once('close', () => {
        this.#responses.delete(response)
        if (this.#responses.size === 0) this.#onNone?.()
      })
    })
  }

  /**
   * Waits until none is left and answers have arrived. A connection may stay open nevertheless: that of a client whose
   * request was refused before all of it was sent.
   */
  async end(): Promise<void> {
    do {
      if (this.#responses.size > 0)
        await new Promise<void>(resolve => {
          this.#onNone = resolve
        })
      await wait(lingerMs, undefined, { ref: false })
    } while (this.#responses.size > 0)
  }
}
