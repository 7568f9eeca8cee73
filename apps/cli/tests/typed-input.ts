import { spawn } from 'node:child_process'
import { mainFile, runCommand } from './cli-process.js'
import type { Ended } from './warm-command.js'

/** Where a command runs, and the API that it calls. */
interface Place {
  readonly folder: string
  readonly origin: string
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the command with this standard input. */
export function runWith(
  { folder, origin, env = {} }: Place,
  args: readonly string[],
  input: string,
): Promise<Ended> {
  return runCommand(args, { cwd: folder, env: { QUOTA_API_URL: origin, TZ: 'UTC', ...env }, input })
}

/** Runs the command in a pseudo-terminal, and types this when it asks for the key. */
export function typeWhenAsked(
  { folder, origin, env = {} }: Place,
  command: string,
  typed: string,
): Promise<{ readonly code: number | null; readonly shown: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', `${process.execPath} ${mainFile} ${command}`, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], TERM: 'xterm', QUOTA_API_URL: origin, TZ: 'UTC', ...env },
      timeout: 250_000,
    })
    let shown = ''
    let isTyped = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      if (isTyped || !shown.includes('(not shown):')) return
      isTyped = true
      child.stdin.write(typed)
    })
    child.once('error', reject)
    child.once('close', code => resolve({ code, shown }))
  })
}
