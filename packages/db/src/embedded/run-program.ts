import { execFile } from 'node:child_process'

/** A program, and how it is to be started. */
export interface ProgramCall {
  readonly command: string
  readonly args: readonly string[]
  /** Of the user to run it as; this process's where absent. */
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL gets nothing of this process's environment: `PGDATA`, `LANG` or `TZ` would change what it does. */
export const programEnvironment = {
  LC_ALL: 'C',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

/** How a program ended. */
export interface ProgramEnd {
  readonly isDone: boolean
  readonly output: string
  /** Its error output; where it could not be started, the reason. */
  readonly complaint: string
}

/** Runs a program until it ends, for a minute at most unless said otherwise. Never rejects. */
export function runProgram(
  { command, args, uid, gid }: ProgramCall,
  timeoutMs = 60_000,
): Promise<ProgramEnd> {
  const user = uid === undefined || gid === undefined ? {} : { uid, gid }
  const options = {
    ...user,
    cwd: '/',
    env: programEnvironment,
    timeout: timeoutMs,
    killSignal: 'SIGKILL' as const,
  }
  return new Promise(resolve => {
    try {
      execFile(command, [...args], options, (error, output, complaint) => {
        resolve({ isDone: error === null, output, complaint: complaint.trim() || (error?.message ?? '') })
      })
    } catch (error) {
      resolve({ isDone: false, output: '', complaint: String(error) })
    }
  })
}
