import { dateSchema, isUuid, QuotaError } from '@quotakeeper/quota-core'

/** What a value of a cursor must look like, so that the database takes it. */
export type CursorValue = 'text' | 'day' | 'integer' | 'uuid'

const forms: Readonly<Record<CursorValue, (value: string) => boolean>> = {
  // PostgreSQL's text cannot hold U+0000.
  text: value => !value.includes('\0'),
  day: value => dateSchema.safeParse(value).success,
  integer: value => /^\d{1,15}$/.test(value),
  uuid: isUuid,
}

/** A position in a list, as an opaque text: the values by which the list is ordered. */
function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/**
 * The values of a cursor, as many as `expected` and of these forms.
 * @throws QuotaError INVALID_INPUT for a text that no page of this kind has given.
 */
export function decodeCursor(cursor: string, expected: readonly CursorValue[]): readonly string[] {
  const values = parsed(cursor)
  const fits = expected.every((form, index) => forms[form](values[index] ?? ''))
  if (fits && values.length === expected.length && values.length > 0) return values
  throw new QuotaError('INVALID_INPUT', 'cursor: must be the nextCursor of the page before', {
    field: 'cursor',
  })
}

/** Empty for anything but a list of texts and numbers: no cursor is empty. */
function parsed(cursor: string): readonly string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(values) && values.every(isScalar)) return values.map(String)
  } catch (error) {
    // Text that is not JSON is as foreign as JSON of another shape. Nothing else can fail here.
    if (!(error instanceof SyntaxError)) throw error
  }
  return []
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

/** A page, made of one row more than it holds, which shows whether there is another page. */
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
