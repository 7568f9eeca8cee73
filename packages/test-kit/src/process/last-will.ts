import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/** A command that runs when this process ends, unless revoked. */
export interface LastWill {
  /** Cancels the command. */
  revoke(): void
}

/**
 * Runs a shell script when this process ends in any way, including `kill -9`, after which exit handlers do not run and
 * a killed test runner would leave servers behind.
 *
 * A shell waits at a pipe that only this process holds open; the kernel closes it with the process. The shell has its
 * own process group, so that Ctrl-C in a terminal does not reach it.
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
  // A shell that did not start or has ended needs no message.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  return { revoke: () => void shell.stdin.end('revoked\n') }
}
