import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

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
  const { script, args, ...owner } = options
  const shell = startShell([`read -r word; [ "$word" = revoked ] && exit 0\n${script}`, 'sh', ...args], owner)
  return { revoke: () => void shell.stdin.end('revoked\n') }
}

/** Of this process, for all groups; null before the first, and once it has ended. */
let killer: Shell | null = null

/** Kills a process group when this process ends in any way. One shell waits for all of them: to start it takes this process 6 ms of CPU. */
export function killGroupAtEnd(group: number): LastWill {
  if (killer === null) {
    const shell = startShell([killScript], {})
    shell.once('exit', () => {
      if (killer === shell) killer = null
    })
    killer = shell
  }
  const { stdin } = killer
  stdin.write(`+ ${group}\n`)
  let isRevoked = false
  return {
    revoke: () => {
      if (!isRevoked) stdin.write(`- ${group}\n`)
      isRevoked = true
    },
  }
}

const killScript = `groups=' '
while read -r sign group; do
  if [ "$sign" = + ]; then groups="$groups$group "
  else groups="\${groups%% $group *} \${groups#* $group }"
  fi
done
for group in $groups; do kill -s KILL -- "-$group"; done`

type Shell = ChildProcessByStdio<Writable, null, null>

function startShell(args: readonly string[], owner: { readonly uid?: number; readonly gid?: number }): Shell {
  const shell = spawn('sh', ['-c', ...args], {
    ...owner,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Neither the shell nor the pipe may keep this process alive.
  shell.unref()
  if (shell.stdin instanceof Socket) shell.stdin.unref()
  // A shell that did not start or has ended needs no message.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  return shell
}
