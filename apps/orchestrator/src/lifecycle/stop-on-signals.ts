import type { Log } from '../log.js'

/**
 * Ends the process in order on SIGTERM and SIGINT: exit code 0 when all was let go of, 1 when not. A second
 * signal ends it at once. A signal that comes while it is still starting ends that.
 *
 * @param options.stop bounded in itself
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
