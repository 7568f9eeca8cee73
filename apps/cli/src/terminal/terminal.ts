import { coloured, type Paint, plain } from './paint.js'
import { inUsedCommand } from './used-command.js'

/** The output of a command. */
export interface Terminal {
  /** Whether standard output is a terminal. */
  readonly isInteractive: boolean
  /** Whether questions can be answered. */
  readonly canAsk: boolean
  readonly paint: Paint
  /** Cells of a line; null if not a terminal (unlimited). */
  width(): number | null
  /** Lines of the terminal; null if not a terminal. */
  height(): number | null
  /** Writes lines to standard output. */
  print(lines: string | readonly string[]): void
  /** Writes one JSON document to standard output. */
  json(value: unknown): void
  /** Writes a line that is not a result to standard error. */
  note(line: string): void
}

/**
 * This process's terminal.
 * @param options.command how this process was started, for what it proposes
 */
export function openTerminal({
  wantsColour,
  command,
}: {
  readonly wantsColour: boolean
  readonly command: string
}): Terminal {
  const { stdin, stdout, stderr } = process
  const isInteractive = stdout.isTTY === true
  return {
    isInteractive,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    paint: isInteractive && wantsColour ? coloured : plain,
    width: () => (isInteractive ? stdout.columns : null),
    height: () => (isInteractive ? stdout.rows : null),
    print: lines => {
      const text = typeof lines === 'string' ? lines : lines.join('\n')
      if (text !== '') stdout.write(`${inUsedCommand(text, command)}\n`)
    },
    json: value => {
      stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    note: line => {
      stderr.write(`${inUsedCommand(line, command)}\n`)
    },
  }
}
