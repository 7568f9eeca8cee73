import type { Terminal } from './terminal.js'

/** A progress line that is redrawn. */
export interface ProgressLine {
  show(text: string): void
  end(): void
}

/** On standard error, only on an interactive terminal. */
export function progressLine({ isInteractive }: Pick<Terminal, 'isInteractive'>): ProgressLine {
  const { stderr } = process
  const isShown = stderr.isTTY === true && isInteractive
  if (!isShown) return { show: () => undefined, end: () => undefined }
  return {
    show: text => {
      stderr.write(`\r${text}\u001b[K`)
    },
    end: () => {
      stderr.write('\r\u001b[K')
    },
  }
}
