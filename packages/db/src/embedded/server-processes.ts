import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runProgram } from './run-program.js'
import { socketPort } from './server-flags.js'

const pollMs = 20
/** Each signal's time to work before the next: a shutdown that saves, one that does not, the end. */
const patienceMs = { SIGINT: 8_000, SIGQUIT: 5_000, SIGKILL: 5_000 } as const

/**
 * Ends what is left of a server whose owner is gone: recognised by its program and its folder, never by a number that
 * somebody else may have by now. Who calls this holds the folder.
 *
 * @returns how many processes there were
 */
export async function endServerProcesses(cluster: string): Promise<number> {
  const found = await serverProcesses(cluster)
  if (found.length > 0) {
    const postmaster = await writtenPid(cluster)
    // To other processes of it, this signal means something else.
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

/** PostgreSQL's processes stand in its folder of data, all their life. */
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
        // It has ended, or is another user's: none that we could have started.
        return []
      }
    }),
  )
  return found.flat()
}

/** Without /proc: the first process alone, which the others end with. */
async function processesByCommand(cluster: string): Promise<readonly number[]> {
  const { output } = await runProgram({ command: 'ps', args: ['-A', '-ww', '-o', 'pid=,command='] })
  const lines = output.split('\n').map(line => /^\s*(\d+)\s+(.*)$/.exec(line))
  return lines.flatMap(match =>
    match?.[2]?.includes(`/postgres -D ${cluster} `) === true ? [Number(match[1])] : [],
  )
}

/**
 * PostgreSQL puts aside by itself what a dead process of its own has written, and clears that one's memory. But where
 * the number is another process's by now, or nobody has collected the dead one, it would take that for a server.
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
