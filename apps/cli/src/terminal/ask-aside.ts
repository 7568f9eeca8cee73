import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'

/**
 * Asks a question of the terminal itself, since standard input has ended; returns whether the answer was not `n` or
 * `no`.
 */
export async function askAside(question: string, signal: AbortSignal): Promise<boolean> {
  const input = createReadStream(process.platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty')
  const lines = createInterface({ input, output: process.stderr })
  const closed = new Promise<string>(resolve => lines.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([lines.question(`${question} `, { signal }), closed])
    return !/^no?$/i.test(answer.trim())
  } finally {
    lines.close()
    input.destroy()
  }
}
