import { fileURLToPath } from 'node:url'
import { type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import type { WorkerOptions } from '../traffic/worker-options.js'

/** Built by the script that runs the fire: a process needs JavaScript. */
const program = fileURLToPath(new URL('../dist/traffic/worker.js', import.meta.url))
const shiftedClock = new URL('../dist/traffic/shifted-clock.js', import.meta.url).href
/** Calls that wait for an unavailable store at the end are answered, too. */
const stopTimeoutMs = 30_000

/** A worker under load. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number
  readonly journalPath: string
  /** Crashes it. */
  kill(): Promise<void>
  /** Stops its clock: the kernel gives it no more time until `wake`. */
  pause(): void
  wake(): void
  /**
   * Lets every caller finish what it has begun.
   * @throws Error with its output when it has failed, or does not end in time
   */
  finish(): Promise<void>
}

/** Starts a worker and waits until its callers are at work. */
export async function startWorker(
  options: WorkerOptions,
  { clockShiftMs = 0 }: { readonly clockShiftMs?: number } = {},
): Promise<WorkerProcess> {
  const preload = clockShiftMs === 0 ? [] : ['--import', shiftedClock]
  const child: RunningProcess = await startProcess({
    args: [...preload, program, JSON.stringify(options)],
    env: { FIRE_CLOCK_SHIFT_MS: String(clockShiftMs) },
    readyWhen: /serving/,
  })
  return {
    pid: child.pid,
    journalPath: options.journalPath,
    kill: async () => void (await child.kill('SIGKILL')),
    pause: () => void process.kill(child.pid, 'SIGSTOP'),
    wake: () => void process.kill(child.pid, 'SIGCONT'),
    finish: async () => {
      const { code, signal } = await child.stop(stopTimeoutMs)
      if (code !== 0) throw new Error(`a worker ended with ${signal ?? code}:\n${child.output()}`)
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
