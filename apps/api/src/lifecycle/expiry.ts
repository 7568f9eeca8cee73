import type { ExpiryStep } from '@quotakeeper/quota-core'

/** Most steps of a turn: 25,000 attempts, more than become due in a second, and a few seconds of work. */
const maxStepsOfTurn = 250

/** Pauses in milliseconds. */
export interface ExpiryPauses {
  /** Between turns, before jitter. */
  readonly idleMs: number
  /** Between the steps of a turn, to give way to calls. */
  readonly stepMs: number
}

const defaultPauses: ExpiryPauses = { idleMs: 1_000, stepMs: 20 }

/** The part of a pino logger that it needs; details first. */
interface ExpiryLog {
  info(details: object, text: string): void
  warn(details: object, text: string): void
}

export interface ExpiryOptions {
  /** Runs one step of expiry. */
  readonly step: () => Promise<ExpiryStep>
  readonly log: ExpiryLog
  readonly pauses?: ExpiryPauses
}

/**
 * Expires due attempts each second, in bounded steps. Any number of processes may do so concurrently; jitter keeps them
 * from running at the same time. Due attempts stay held until then. Logs a failure once, and once that it works again.
 */
export function startExpiry(options: ExpiryOptions): { stop(): Promise<void> } {
  const { idleMs, stepMs } = options.pauses ?? defaultPauses
  const { log } = options
  let isStopped = false
  let isFailing = false
  let wake: () => void = () => {}
  const pause = (pauseMs: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, pauseMs)
      // Does not keep the process alive: the next process can do this work.
      timer.unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const takeTurn = async (): Promise<void> => {
    for (let steps = 0; steps < maxStepsOfTurn && !isStopped; steps++) {
      const { isFull } = await options.step()
      if (isFailing) log.info({}, 'expired reservations are settled again')
      isFailing = false
      if (!isFull) return
      await pause(stepMs)
    }
  }
  const live = async (): Promise<void> => {
    while (!isStopped) {
      await pause(jittered(idleMs))
      if (isStopped) return
      try {
        await takeTurn()
      } catch (error) {
        if (!isFailing)
          log.warn({ err: error }, 'expired reservations could not be settled; trying again each second')
        isFailing = true
      }
    }
  }
  const living = live()
  return {
    stop: async () => {
      isStopped = true
      wake()
      await living
    },
  }
}

/** Adds jitter of ±50 %. */
function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random())
}
