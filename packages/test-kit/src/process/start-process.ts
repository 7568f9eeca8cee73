import { type ChildProcess, spawn } from 'node:child_process'
import { within } from '../deadline.js'
import { killGroupAtEnd } from './last-will.js'
import { collectOutput } from './process-output.js'
import { untilAnswers } from './until-answers.js'

const defaultReadyTimeoutMs = 200_000
const defaultStopTimeoutMs = 120_000
const defaultOutputTimeoutMs = 120_000

/** How a process ended: by `code`, or by `signal`, the other being null. */
export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What to start, and when it is ready. */
export interface ProcessOptions {
  /** Default: this Node.js. */
  readonly command?: string
  readonly args: readonly string[]
  /** The whole environment of the process, except `PATH`. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The user to run as; that of this process unless given. */
  readonly owner?: { readonly uid: number; readonly gid: number } | null
  /** Ready when its output matches or the URL answers 2xx. */
  readonly readyWhen: RegExp | URL
  readonly readyTimeoutMs?: number
}

/** A started and ready process. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  readonly exited: Promise<ExitStatus>
  /** The last million characters of its output on both streams. */
  output(): string
  /** @throws Error with the output if nothing matches within `timeoutMs` (default 120 s) */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  /** Sends the signal to this process only and waits for its end; `SIGKILL` simulates a crash. */
  kill(signal: NodeJS.Signals): Promise<ExitStatus>
  /**
   * Sends SIGTERM and waits.
   *
   * @throws Error with the output if it has not ended within `timeoutMs` (default 120 s), and kills it
   */
  stop(timeoutMs?: number): Promise<ExitStatus>
}

/**
 * Starts a process with its own environment and waits until it is ready. On disposal, and when this process ends in any
 * way, it is killed with all its child processes.
 *
 * @throws Error with its output if it ends first or is not ready within `readyTimeoutMs` (default 200 s)
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const child = spawn(options.command ?? process.execPath, options.args, {
    env: { PATH: process.env['PATH'], ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.owner,
    // Its own process group, so that its children can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collectOutput([child.stdout, child.stderr])
  const exited = exitOf(child)
  const pid = await pidOf(child)
  const lastWill = killGroupAtEnd(pid)

  const wait = (timeoutMs: number, event: string): Promise<ExitStatus> =>
    within(exited, {
      timeoutMs,
      describe: () =>
        `Process ${pid} did not end within ${timeoutMs} ms of ${event}. It printed:\n${output.text()}`,
    })
  const kill = async (signal: NodeJS.Signals): Promise<ExitStatus> => {
    child.kill(signal)
    return wait(defaultStopTimeoutMs, signal)
  }
  const dispose = async (): Promise<void> => {
    killGroup(pid)
    await wait(defaultStopTimeoutMs, 'SIGKILL')
    lastWill.revoke()
  }
  const running: RunningProcess = {
    pid,
    exited,
    output: output.text,
    waitForOutput: (pattern, timeoutMs = defaultOutputTimeoutMs) => output.waitFor(pattern, timeoutMs),
    kill,
    stop: async (timeoutMs = defaultStopTimeoutMs) => {
      child.kill('SIGTERM')
      try {
        return await wait(timeoutMs, 'SIGTERM')
      } catch (error) {
        await dispose()
        throw error
      }
    },
    [Symbol.asyncDispose]: dispose,
  }
  try {
    await untilReady(running, options)
    return running
  } catch (error) {
    await dispose()
    throw error
  }
}

async function untilReady(running: RunningProcess, options: ProcessOptions): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs
  const stopWaiting = new AbortController()
  const ready =
    options.readyWhen instanceof URL
      ? untilAnswers(options.readyWhen, { timeoutMs, signal: stopWaiting.signal })
      : running.waitForOutput(options.readyWhen, timeoutMs)
  const endedFirst = running.exited.then(({ code, signal }) => {
    throw new Error(
      `The process ended (${signal ?? code}) before it was ready. It printed:\n${running.output()}`,
    )
  })
  try {
    await Promise.race([ready, endedFirst])
  } finally {
    stopWaiting.abort()
    // The loser of the race may still fail; that failure is ignored.
    ready.catch(() => undefined)
    endedFirst.catch(() => undefined)
  }
}

function exitOf(child: ChildProcess): Promise<ExitStatus> {
  return new Promise(resolve => {
    // `close` is emitted after the last output; a grandchild holding the streams would delay it for ever.
    child.once('close', (code, signal) => resolve({ code, signal }))
    child.once('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), 250).unref())
  })
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    if (child.pid !== undefined) resolve(child.pid)
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!isGone) throw error
  }
}
