import type { Log } from '../log.js'

/** How long stopping may take, in milliseconds, before the process ends all the same. */
const stopTimeoutMs = 10_000

/**
 * Ends the process in order on SIGTERM and SIGINT: exit code 0 when all was let go of in time, 1 when not.
 * A second signal ends it at once. A signal that comes while it is still starting is answered as soon as
 * that is done, or at once by the second.
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
