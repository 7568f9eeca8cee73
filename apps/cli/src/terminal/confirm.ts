import { createInterface } from 'node:readline/promises'

/** Asks a question on standard error, separate from results; returns whether the answer was `y` or `yes`. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // In raw mode Ctrl-C arrives here, and would otherwise only end the question.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  // Ctrl-D is no answer and counts as no.
  const closed = new Promise<string>(resolve => lines.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
