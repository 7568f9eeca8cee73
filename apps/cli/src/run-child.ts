import { spawn } from 'node:child_process'
import { exitCodes } from './failure.js'

/**
 * Runs a program for Node.js in this terminal until it ends; what it ends with. It decides how to end: signals to
 * this process are handed on to it, and end nothing here.
 */
export async function runChild(file: string, args: readonly string[] = []): Promise<number> {
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' })
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(name)
    process.on(name, () => {
      // A terminal sends Ctrl-C to both by itself. Twice is taken for impatience.
      const hasIt = name === 'SIGINT' && process.stdin.isTTY === true
      if (!hasIt) child.kill(name)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? (signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.failed)),
    )
  })
}
