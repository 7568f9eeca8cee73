import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/** Ends the server when this process has ended without doing so. */
export interface ServerWatchdog {
  /** The server has a new first process. */
  watch(pid: number): void
  dismiss(): void
}

// Reads the number of the server's first process until the pipe closes, then shuts that down: saving, then without,
// then by force. A process is the server's only if its working directory is the data folder; without /proc, that is
// assumed.
const script = `
is_ours() { kill -s 0 "$1" 2>/dev/null && { [ ! -d /proc/self ] || [ "/proc/$1/cwd" -ef "$2" ]; }; }
pid=
while read -r line; do
  [ "$line" = dismissed ] && exit 0
  pid=$line
done
[ -n "$pid" ] || exit 0
for signal in INT QUIT KILL; do
  tries=0
  is_ours "$pid" "$1" && kill -s "$signal" "$pid"
  while [ "$tries" -lt 80 ] && is_ours "$pid" "$1"; do sleep 0.1; tries=$((tries + 1)); done
done
`

/**
 * A small shell that reads a pipe which only this process holds open: the system closes it with the process, after
 * `kill -9` too. It is in a session of its own, so that Ctrl-C does not reach it.
 */
export function startWatchdog(cluster: string): ServerWatchdog {
  const shell = spawn('sh', ['-c', script, 'sh', cluster], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  if (shell.stdin instanceof Socket) shell.stdin.unref()
  // Without it the server would keep running until the next start, which ends it.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  return {
    watch: pid => void shell.stdin.write(`${pid}\n`),
    dismiss: () => void shell.stdin.end('dismissed\n'),
  }
}
