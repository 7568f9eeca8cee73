import { coloured, type Paint, plain } from './paint.js'

/** Where a command writes. */
export interface Terminal {
  /** Whether a person reads along: standard output is a terminal. */
  readonly isInteractive: boolean
  /** Whether a person can answer questions. */
  readonly canAsk: boolean
  readonly paint: Paint
  /** Cells of a line, null where it is no terminal: as many as it takes. */
  width(): number | null
  /** Lines of the terminal; null where it is none. */
  height(): number | null
  /** Writes lines to standard output. */
  print(lines: string | readonly string[]): void
  /** Writes one JSON document to standard output. */
  json(value: unknown): void
  /** Writes a line to standard error: what is no result. */
  note(line: string): void
}

/** This process's terminal. */
export function openTerminal({ wantsColour }: { readonly wantsColour: boolean }): Terminal {
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
      if (text !== '') stdout.write(`${text}\n`)
    },
    json: value => {
      stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    note: line => {
      stderr.write(`${line}\n`)
    },
  }
}
