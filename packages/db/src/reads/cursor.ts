import { QuotaError } from '@quotakeeper/quota-core'

/** A place in a list, as an opaque text: the values by which the list is ordered. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/**
 * The values of a cursor.
 * @throws QuotaError INVALID_INPUT for a text that no page has given.
 */
export function decodeCursor(cursor: string, length: number): readonly string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(values) && values.length === length) return values.map(String)
  } catch {
    // Not JSON: refused below like any other foreign text.
  }
  throw new QuotaError('INVALID_INPUT', 'cursor: must be the nextCursor of the page before', {
    field: 'cursor',
  })
}

/** A page out of one row more than it holds, which tells whether there is another. */
export function pageOf<Row>(
  rows: readonly Row[],
  pageSize: number,
  cursorOf: (row: Row) => readonly (string | number)[],
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, pageSize)
  const last = page.at(-1)
  return {
    rows: page,
    nextCursor: rows.length > pageSize && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  }
}
