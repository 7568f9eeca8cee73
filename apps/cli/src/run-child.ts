import { spawn } from 'node:child_process'
import { exitCodes } from './failure.js'

/**
 * Runs a Node.js program in this terminal; returns its exit code. Signals to this process are forwarded, and the child
 * decides when to end.
 */
export async function runChild(file: string, args: readonly string[] = []): Promise<number> {
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' })
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(name)
    process.on(name, () => {
      // A terminal sends Ctrl-C to both processes; forwarding it would count as a second interrupt.
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
