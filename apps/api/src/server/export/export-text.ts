import { stringify } from 'csv-stringify/sync'
import type { ExportFormat } from './export-input.js'
import type { Cell, ExportTable } from './export-table.js'

export interface ExportOptions {
  readonly format: ExportFormat
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
}

/**
 * The table as text, page by page: CSV by RFC 4180 with a header, or JSON Lines. The next page is read after the
 * previous one was consumed, so that a slow reader holds one page.
 */
export async function* exportText<Row>(
  table: ExportTable<Row>,
  { format, signal }: ExportOptions,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLines([table.header])
  for await (const rows of table.pages({ isBulk: true, signal })) {
    // Skips empty pages: an empty chunk would end the stream.
    if (rows.length === 0) continue
    if (format === 'csv') yield csvLines(rows.map(row => table.cells(row)))
    else yield rows.map(row => `${JSON.stringify(row)}\n`).join('')
  }
}

function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map(row => row.map(cell => (typeof cell === 'string' ? withoutFormulas(cell) : cell))),
    { record_delimiter: 'windows', cast: { boolean: value => String(value) } },
  )
}

/** Characters that begin a formula, including full-width and small forms. */
const formulaSigns = '=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212'
const cellStart = new RegExp(`^(?=[\\t\\r\\n;]|[\\s\\p{Cc}\\p{Cf}]*[${formulaSigns}])`, 'u')
const innerStart = new RegExp(`;(?=["'\\s\\p{Cc}\\p{Cf}]*[${formulaSigns}])`, 'gu')

/**
 * Prevents spreadsheets from running the text as a formula, following OWASP on CSV injection: adds an apostrophe before
 * a character that could begin one, also after spaces or invisible characters, and after each `;`, which separates
 * cells in locales with a decimal comma. Names of models and consumers come from callers. Numbers are unchanged.
 * @see https://owasp.org/www-community/attacks/CSV_Injection, looked up on 2026-11-28
 */
export function withoutFormulas(text: string): string {
  return text.replace(cellStart, "'").replaceAll(innerStart, ";'")
}
