import { setTimeout as pause } from 'node:timers/promises'

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/**
 * Redraws frames on the alternate screen until the signal, at most one a second; restores the terminal afterwards in
 * any case.
 */
export async function redraw(
  frame: () => Promise<readonly string[]>,
  { signal, height }: { readonly signal: AbortSignal; readonly height: () => number | null },
): Promise<void> {
  const { stdout } = process
  const restore = (): void => {
    stdout.write(leave)
  }
  process.once('exit', restore)
  stdout.write(enter)
  try {
    while (!signal.aborted) {
      const lines = await frame()
      if (signal.aborted) break
      const rows = height() ?? lines.length
      const shown =
        lines.length <= rows
          ? lines
          : [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`]
      // Overwrites instead of clearing first, which flickers.
      stdout.write(home + shown.map(line => line + clearLine).join('\r\n') + clearBelow)
      await pause(1_000, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    process.off('exit', restore)
    restore()
  }
}
