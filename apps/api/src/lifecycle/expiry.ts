import type { ExpiryStep } from '@quotakeeper/quota-core'

/** Steps of one turn: 25,000 attempts, more than come due in a second, and no more than some seconds of work. */
const maxStepsOfTurn = 250

/** How long to wait, in milliseconds. */
export interface ExpiryPauses {
  /** Between turns, before jitter. */
  readonly idleMs: number
  /** Between the steps of a turn: others' calls come first. */
  readonly stepMs: number
}

const defaultPauses: ExpiryPauses = { idleMs: 1_000, stepMs: 20 }

/** What of a logger it needs: details first, as pino takes them. */
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
 * Expires what is due each second, in bounded steps. Any number of processes may do so at once; pauses differ by
 * chance, so that they don't keep meeting. Nothing waits for it: what is due stays held until then. That it fails is
 * logged once, and once that it works again.
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
      // Nobody is kept from ending by work that the next process does as well.
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

/** From half to one and a half of the pause. */
function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random())
}
