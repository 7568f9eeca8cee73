import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { within } from '../deadline.js'
import type { ClusterOwner } from './cluster-owner.js'

/**
 * How a server is shut down: `fast` disconnects clients and writes a checkpoint, `immediate` crashes all its processes,
 * `kill` is kill -9 of the postmaster, which the others notice.
 */
export type ShutdownMode = 'fast' | 'immediate' | 'kill'

const signalOfMode = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const satisfies Record<
  ShutdownMode,
  NodeJS.Signals
>
const startTimeoutMs = 200_000
const shutdownTimeoutMs = 120_000
const keptLogLines = 200
/** A standby reports read-only connections. */
const readyText = /database system is ready to accept (read-only )?connections/

/** One running server process. */
export interface Postmaster {
  /** Shuts down and waits for the process to end; kills it after 120 s. */
  shutDown(mode: ShutdownMode): Promise<void>
}

/**
 * Starts `postgres` and waits until it accepts connections.
 *
 * @throws Error with the last lines of its log if it ends first or is not ready within 200 s
 */
export async function startPostmaster(options: {
  readonly program: string
  readonly args: readonly string[]
  readonly owner: ClusterOwner | null
}): Promise<Postmaster> {
  // Its own session: Ctrl-C ends the test runner, which then shuts this down in order.
  const child = spawn(options.program, options.args, {
    ...options.owner,
    cwd: '/',
    detached: true,
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    createInterface(child.stderr).on('line', line => {
      log.push(line)
      if (log.length > keptLogLines) log.shift()
      if (readyText.test(line)) resolve()
    })
    // `close` is emitted after the last line was read.
    child.once('close', () => reject(new Error(`PostgreSQL ended at its start:\n${log.join('\n')}`)))
  })
  try {
    await within(ready, {
      timeoutMs: startTimeoutMs,
      describe: () => `PostgreSQL was not ready within ${startTimeoutMs} ms:\n${log.join('\n')}`,
    })
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  // The server must not keep a finished test runner alive.
  child.unref()
  return { shutDown: mode => shutDown({ child, exited, mode }) }
}

async function shutDown(options: {
  readonly child: ChildProcess
  readonly exited: Promise<void>
  readonly mode: ShutdownMode
}): Promise<void> {
  options.child.ref()
  options.child.kill(signalOfMode[options.mode])
  try {
    await within(options.exited, {
      timeoutMs: shutdownTimeoutMs,
      describe: () => `PostgreSQL did not shut down within ${shutdownTimeoutMs} ms`,
    })
  } catch (error) {
    options.child.kill('SIGKILL')
    throw error
  }
}
