import type { Session } from '../session.js'
import { stripControls } from './text-width.js'

/** Prints a command's answer with `--json`, and else a line about it. */
export function printAnswer({ terminal, wantsJson }: Session, answer: unknown, line: string): void {
  if (wantsJson) terminal.json(answer)
  else terminal.print(stripControls(line))
}
