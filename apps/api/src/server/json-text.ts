import { setImmediate as turnOfLoop } from 'node:timers/promises'

/** Rows formatted at once. */
const rowsPerPiece = 250

/**
 * An answer as JSON, like `JSON.stringify` except for the order of fields. Yields to other calls while writing a long
 * list: 10,000 ledger rows blocked them for 25 ms.
 */
export async function jsonText(answer: LongAnswer): Promise<string> {
  const [name, list] = longListOf(answer) ?? []
  if (name === undefined || list === undefined) return JSON.stringify(answer)
  const pieces: string[] = []
  for (let start = 0; start < list.length; start += rowsPerPiece) {
    pieces.push(JSON.stringify(list.slice(start, start + rowsPerPiece)).slice(1, -1))
    await turnOfLoop()
  }
  const { [name]: _, ...others } = answer
  const rest = JSON.stringify(others).slice(1)
  return `{${JSON.stringify(name)}:[${pieces.join(',')}]${rest === '}' ? '' : ','}${rest}`
}

/** An object with a long list. */
export interface LongAnswer {
  readonly [name: string]: unknown
}

/** Whether it is written in parts. */
export function isLongAnswer(value: unknown): value is LongAnswer {
  return longListOf(value) !== undefined
}

function longListOf(value: unknown): readonly [string, readonly unknown[]] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const [name, field] of Object.entries(value)) {
    if (Array.isArray(field) && field.length > rowsPerPiece) return [name, field]
  }
  return undefined
}
