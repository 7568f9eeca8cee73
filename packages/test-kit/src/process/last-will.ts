import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/** A command that runs when this process ends without having revoked it. */
export interface LastWill {
  /** The command will not run. */
  revoke(): void
}

/**
 * Arranges for a shell script to run once this process has ended in whatever way, `kill -9` included:
 * exit handlers do not run then, and a test runner that was killed would leave servers behind for ever.
 *
 * A small shell waits at a pipe that only this process holds open; the kernel closes it with the process.
 * It has a process group of its own, so that Ctrl-C in a terminal does not reach it.
 *
 * @param options.script POSIX shell; its `$1`, `$2`, … are `args`
 */
export function leaveLastWill(options: {
  readonly script: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}): LastWill {
  const shell = spawn(
    'sh',
    ['-c', `read -r word; [ "$word" = revoked ] && exit 0\n${options.script}`, 'sh', ...options.args],
    {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    },
  )
  // Neither the shell nor the pipe may keep this process alive.
  shell.unref()
  if (shell.stdin instanceof Socket) shell.stdin.unref()
  // A shell that could not start or is gone already leaves nothing to tell it.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  return { revoke: () => void shell.stdin.end('revoked\n') }
}
