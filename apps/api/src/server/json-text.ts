import { setImmediate as turnOfLoop } from 'node:timers/promises'

/** Rows that are written in one go. */
const rowsPerPiece = 250

/**
 * A value as JSON, as `JSON.stringify` gives it. The rows of a long page are written piece by piece, calls in
 * between: 10,000 rows of a ledger kept them waiting for 25 ms.
 */
export async function jsonText(value: unknown): Promise<string> {
  if (!isLongPage(value)) return JSON.stringify(value)
  const { rows, ...rest } = value
  const pieces: string[] = []
  for (let start = 0; start < rows.length; start += rowsPerPiece) {
    pieces.push(JSON.stringify(rows.slice(start, start + rowsPerPiece)).slice(1, -1))
    await turnOfLoop()
  }
  const others = JSON.stringify(rest).slice(1)
  return `{"rows":[${pieces.join(',')}]${others === '}' ? '' : ','}${others}`
}

/** Whether it is written piece by piece. */
export function isLongPage(value: unknown): value is { readonly rows: readonly unknown[] } {
  if (typeof value !== 'object' || value === null || !('rows' in value)) return false
  return Array.isArray(value.rows) && value.rows.length > rowsPerPiece
}
