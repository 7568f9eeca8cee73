import type { Log } from '../log.js'

/**
 * Stops the process gracefully on SIGTERM and SIGINT: exit code 0 if everything was closed, otherwise 1. A second
 * signal exits at once. A signal during the start aborts it.
 *
 * @param options.stop has its own timeout
 */
export function stopOnSignals({
  starting,
  stop,
  log,
}: {
  readonly starting: AbortController
  readonly stop: () => Promise<void>
  readonly log: Log
}): void {
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1)
    isStopping = true
    log.info({ signal }, 'stopping')
    starting.abort()
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
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
