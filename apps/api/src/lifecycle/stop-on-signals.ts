import type { Log } from '../log.js'

/** Longest time for stopping before the process exits anyway. */
const stopTimeoutMs = 10_000

/**
 * Stops the process gracefully on SIGTERM and SIGINT: exit code 0 if everything was closed in time, otherwise 1. A
 * second signal exits at once. A signal during the start takes effect after it, a second one at once.
 */
export function stopOnSignals({
  stop,
  log,
}: {
  readonly stop: () => Promise<void>
  readonly log: Log & { info(details: object, text: string): void }
}): { ready(): void } {
  let isReady = false
  let signalled: NodeJS.Signals | null = null
  const end = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error({ signal }, `not stopped within ${stopTimeoutMs / 1_000} s: exiting anyway`)
      process.exit(1)
    }, stopTimeoutMs).unref()
    stop().then(
      () => {
        log.info({ signal }, 'stopped')
        process.exit(0)
      },
      error => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled !== null) process.exit(1)
    signalled = signal
    if (isReady) end(signal)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return {
    ready: () => {
      isReady = true
      if (signalled !== null) end(signalled)
    },
  }
}
