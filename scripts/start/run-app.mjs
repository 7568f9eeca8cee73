import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

const defaultReadyTimeoutMs = 60_000
const stopTimeoutMs = 20_000
const pauseMs = 50
/**
 * The young generation would grow to three times 16 MB while an application loads and stay so: a third of its
 * idle memory. With 4 MB the objects of a call still die young.
 */
const nodeFlags = ['--max-semi-space-size=4']
/** For glibc: threads that allocate little would each keep an arena, 10 MB in total. */
const allocator = { MALLOC_ARENA_MAX: '1' }

/**
 * @typedef {{
 *   readonly name: string
 *   readonly entry: string
 *   readonly args?: readonly string[]
 *   readonly environment: NodeJS.ProcessEnv
 *   readonly directory: string
 *   readonly readyUrl: string
 *   readonly readyTimeoutMs?: number
 * }} App `entry`: a file for Node.js; `readyTimeoutMs`: how long it may take, since it last said that it is starting
 *
 * @typedef {{
 *   readonly name: string
 *   readonly pid: number | undefined
 *   readonly exited: Promise<string>
 *   untilReady(): Promise<void>
 *   stop(): Promise<void>
 *   kill(): void
 * }} RunningApp `exited`: resolves to how it ended
 */

/**
 * Starts an application that prints to this process's streams.
 *
 * @param {App} app
 * @returns {RunningApp}
 */
export function runApp({
  name,
  entry,
  args = [],
  environment,
  directory,
  readyUrl,
  readyTimeoutMs = defaultReadyTimeoutMs,
}) {
  const child = spawn(process.execPath, [...nodeFlags, entry, ...args], {
    cwd: directory,
    env: { ...allocator, ...environment },
    // Ctrl-C reaches the whole process group, but this process controls the order of stopping.
    detached: process.platform !== 'win32',
    // The IPC channel reports progress of a long start.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let deadlineMs = Number.POSITIVE_INFINITY
  child.on('message', () => {
    deadlineMs = Date.now() + readyTimeoutMs
  })
  let hasExited = false
  /** @type {Promise<string>} */
  const exited = new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal))
  }).then(ending => {
    hasExited = true
    return ending
  })
  return {
    name,
    pid: child.pid,
    exited,
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM')
      const patience = new AbortController()
      const tooLate = wait(stopTimeoutMs, 'too late', { signal: patience.signal }).catch(() => undefined)
      const ending = await Promise.race([exited, tooLate])
      patience.abort()
      if (ending !== 'too late') return
      process.stderr.write(`The ${name} did not stop within ${stopTimeoutMs / 1000} s: it is killed.\n`)
      child.kill('SIGKILL')
      await exited
    },
    untilReady: async () => {
      deadlineMs = Date.now() + readyTimeoutMs
      while (!hasExited && Date.now() < deadlineMs) {
        if (await answers(readyUrl)) return
        await wait(pauseMs)
      }
      if (!hasExited)
        throw new Error(`The ${name} was not ready and printed nothing for ${readyTimeoutMs / 1000} s`)
      // `exited` reports how it ended.
      await new Promise(() => undefined)
    },
  }
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    // Not listening yet.
    return false
  }
}
