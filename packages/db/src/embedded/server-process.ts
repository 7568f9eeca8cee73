import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { QuotaError } from '@quotakeeper/quota-core'
import type { OnNotice } from './notice.js'
import { programEnvironment } from './run-program.js'
import { serverFlags } from './server-flags.js'
import type { ServerUser } from './server-user.js'
import type { ServerWatchdog } from './server-watchdog.js'

/** Recovery after a crash may take minutes. */
const startTimeoutMs = 600_000
const startNoticeMs = 5_000
const keptLines = 50
/** Before a fast shutdown is followed by an immediate one, and that by SIGKILL. */
const stopTimeoutMs = 6_000
const quitTimeoutMs = 2_000

/** One run of the server. */
export interface ServerProcess {
  /** Resolves to how it ended, in words. */
  readonly exited: Promise<string>
  /** Ends it, saving everything; clients are disconnected. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly path: string
  readonly cluster: string
  readonly user: ServerUser
  readonly watchdog: ServerWatchdog
  readonly onNotice: OnNotice
}

/**
 * Starts the server and waits until it answers.
 * @throws QuotaError STORE_UNAVAILABLE with its own reason, where it ends first or takes more than ten minutes
 */
export async function startServer({
  path,
  cluster,
  user,
  watchdog,
  onNotice,
}: ServerOptions): Promise<ServerProcess> {
  const { command, args, uid, gid } = user.call(user.programs.postgres, serverFlags(cluster))
  const child = spawn(command, args, {
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    cwd: '/',
    env: programEnvironment,
    // Ctrl-C reaches a whole process group at once: the server must end after this process.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (child.pid !== undefined) watchdog.watch(child.pid)
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  const log: string[] = []
  let isStopping = false
  const stopServer = (): Promise<void> => {
    isStopping = true
    return stop(child, exited)
  }
  const ready = readyOf(child, line => {
    log.push(line)
    if (log.length > keptLines) log.shift()
    // Backends that still run log this when their server is asked to end.
    if (isStopping && line.includes('terminating connection due to administrator command')) return
    if (/\b(?:FATAL|PANIC): {2}/.test(line))
      onNotice({ level: 'warn', text: `PostgreSQL: ${messageOf(line)}` })
  })
  const notices = setInterval(() => onNotice({ level: 'info', text: startingText(log) }), startNoticeMs)
  try {
    const ended = exited.then(ending => Promise.reject(new Error(ending)))
    ended.catch(() => undefined)
    await Promise.race([ready, ended, tooLate()])
    // The server must not keep this process running.
    child.unref()
    if (child.stderr instanceof Socket) child.stderr.unref()
    return { exited, stop: stopServer }
  } catch (error) {
    await stopServer()
    throw notStarted(path, log, error)
  } finally {
    clearInterval(notices)
  }
}

function readyOf(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  return new Promise(resolve => {
    if (child.stderr === null) return
    createInterface(child.stderr).on('line', line => {
      onLine(line)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
  })
}

async function tooLate(): Promise<never> {
  await pause(startTimeoutMs, undefined, { ref: false })
  throw new Error(`not ready within ${startTimeoutMs / 1_000} s`)
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.ref()
  for (const [signal, patienceMs] of [
    ['SIGINT', stopTimeoutMs],
    ['SIGQUIT', quitTimeoutMs],
    ['SIGKILL', quitTimeoutMs],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill(signal)
    const patience = new AbortController()
    await Promise.race([
      exited,
      pause(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ])
    patience.abort()
  }
}

/** The text of `2026-11-28 18:56:10.311 UTC [16007] LOG:  text`. */
function messageOf(line: string): string {
  return line.replace(/^.*?\b[A-Z]+: {2}/, '')
}

function startingText(log: readonly string[]): string {
  const last = log.at(-1)
  return `PostgreSQL is starting${last === undefined ? '' : `: ${messageOf(last)}`}`
}

function notStarted(path: string, log: readonly string[], cause: unknown): QuotaError {
  const telling = log.findLast(line => /\b(?:FATAL|PANIC): {2}/.test(line)) ?? log.at(-1)
  const hint = log.findLast(line => /\bHINT: {2}/.test(line))
  const reason = [telling ?? (cause instanceof Error ? cause.message : String(cause)), hint]
  const reported = reason.flatMap(line => (line === undefined ? [] : [messageOf(line)])).join('; ')
  return new QuotaError(
    'STORE_UNAVAILABLE',
    `the database in ${path} does not start (PostgreSQL: ${reported}): fix that, restore the folder from a backup, or set another one in QUOTA_DATABASE_URL`,
    { cause },
  )
}
