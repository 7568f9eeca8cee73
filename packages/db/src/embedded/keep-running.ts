import { setTimeout as pause } from 'node:timers/promises'
import type { OnNotice } from './notice.js'
import type { ServerProcess } from './server-process.js'

const firstPauseMs = 250
const longestPauseMs = 30_000

/** A server that is started again where it ends by itself. */
export interface KeptServer {
  stop(): Promise<void>
}

/**
 * Keeps a server running, whose first start has succeeded: the system may end it for lack of memory, or a person by
 * mistake. Calls fail with STORE_UNAVAILABLE meanwhile. Retries for ever, with growing pauses.
 *
 * @param start clears away what is left of the former run, too
 */
export function keepRunning(
  first: ServerProcess,
  { start, onNotice }: { readonly start: () => Promise<ServerProcess>; readonly onNotice: OnNotice },
): KeptServer {
  let current = first
  const stopping = new AbortController()
  const { signal } = stopping
  const again = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        current = await start()
        onNotice({ level: 'info', text: 'PostgreSQL runs again' })
        return
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        onNotice({ level: 'error', text })
      }
      await pause(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      const ending = await current.exited
      if (signal.aborted) return
      onNotice({ level: 'error', text: `PostgreSQL ended unexpectedly (${ending}): restarting it` })
      await again()
    }
  }
  const watching = watch()
  return {
    stop: async () => {
      stopping.abort()
      await current.stop()
      await watching
      // A start that was under way when this was called has made another.
      await current.stop()
    },
  }
}
