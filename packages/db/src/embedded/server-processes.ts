import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runProgram } from './run-program.js'
import { socketPort } from './server-flags.js'

const pollMs = 20
/** Each signal's time to work before the next: a shutdown that saves, one that does not, the end. */
const patienceMs = { SIGINT: 8_000, SIGQUIT: 5_000, SIGKILL: 5_000 } as const

/**
 * Ends what is left of a server whose owner has ended: recognised by its program and its folder, never by a process id,
 * which another process may have by now. The caller holds the folder.
 *
 * @returns how many processes there were
 */
export async function endServerProcesses(cluster: string): Promise<number> {
  const found = await serverProcesses(cluster)
  if (found.length > 0) {
    const postmaster = await writtenPid(cluster)
    // For its other processes, this signal means something else.
    if (postmaster !== null && found.includes(postmaster)) await end(cluster, [postmaster], 'SIGINT')
    await end(cluster, null, 'SIGQUIT')
    await end(cluster, null, 'SIGKILL')
  }
  await removeForeignPid(cluster)
  return found.length
}

/** Signals the given processes, or whichever there are, and waits a while until the folder has none. */
async function end(
  cluster: string,
  pids: readonly number[] | null,
  signal: keyof typeof patienceMs,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs[signal]
  let present = await serverProcesses(cluster)
  for (const pid of present) if (pids === null || pids.includes(pid)) kill(pid, signal)
  while (present.length > 0 && performance.now() < deadlineMs) {
    await pause(pollMs)
    present = await serverProcesses(cluster)
  }
}

/** The working directory of PostgreSQL's processes is always its data folder. */
async function serverProcesses(cluster: string): Promise<readonly number[]> {
  const own = await stat(cluster).catch(() => null)
  if (own === null) return []
  const names = await readdir('/proc').catch(() => null)
  if (names === null) return processesByCommand(cluster)
  const pids = names.filter(name => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async pid => {
      try {
        const program = basename(await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
        if (program !== 'postgres') return []
        const { dev, ino } = await stat(`/proc/${pid}/cwd`)
        return dev === own.dev && ino === own.ino ? [pid] : []
      } catch {
        // It has ended, or is another user's, and so was not started by us.
        return []
      }
    }),
  )
  return found.flat()
}

/** Without /proc: the first process only; the others end with it. */
async function processesByCommand(cluster: string): Promise<readonly number[]> {
  const { output } = await runProgram({ command: 'ps', args: ['-A', '-ww', '-o', 'pid=,command='] })
  const lines = output.split('\n').map(line => /^\s*(\d+)\s+(.*)$/.exec(line))
  return lines.flatMap(match =>
    match?.[2]?.includes(`/postgres -D ${cluster} `) === true ? [Number(match[1])] : [],
  )
}

/**
 * PostgreSQL removes a dead server's file, and its shared memory, by itself. But where the process id in it is another
 * process's by now, or a zombie's, it would take that for a running server.
 */
async function removeForeignPid(cluster: string): Promise<void> {
  const pid = await writtenPid(cluster)
  if (pid === null || !isAlive(pid) || (await serverProcesses(cluster)).length > 0) return
  for (const name of ['postmaster.pid', `.s.PGSQL.${socketPort}.lock`])
    await rm(join(cluster, name), { force: true })
}

async function writtenPid(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n', 1)[0])
  return Number.isInteger(pid) && pid > 1 ? pid : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}
