import { spawn } from 'node:child_process'

/** @typedef {{ watch(pid: number): void, dismiss(): void }} Guard */

// Reads process ids until the pipe closes, then ends them, latest first, each within 20 seconds. A zombie,
// which may stay uncollected in a container, counts as ended.
const script = `
is_alive() { kill -s 0 "$1" && ! grep -qs ') Z ' "/proc/$1/stat"; }
pids=
while read -r pid; do
  [ "$pid" = dismissed ] && exit 0
  pids="$pid $pids"
done
for pid in $pids; do
  kill -s TERM "$pid" || continue
  tries=0
  while [ "$tries" -lt 200 ] && is_alive "$pid"; do sleep 0.1; tries=$((tries + 1)); done
  is_alive "$pid" && kill -s KILL "$pid"
done
`

/**
 * Starts a shell that stops the watched processes if this process ends without dismissing it, including by
 * `kill -9`: leftover applications would block ports and data of the next start.
 *
 * @returns {Guard}
 */
export function startGuard() {
  // Windows has neither this shell nor process groups.
  if (process.platform === 'win32') return { watch: () => undefined, dismiss: () => undefined }
  const shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  // Without a shell there is no guard; the applications run anyway.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  return {
    watch: pid => void shell.stdin.write(`${pid}\n`),
    dismiss: () => void shell.stdin.end('dismissed\n'),
  }
}
