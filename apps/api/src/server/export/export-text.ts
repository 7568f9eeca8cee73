import { stringify } from 'csv-stringify/sync'
import type { ExportFormat } from './export-input.js'
import type { Cell, ExportTable } from './export-table.js'

/**
 * The table as text, a page at a time: CSV by RFC 4180 with a header, or a JSON object a line. The next page
 * is read when the one before is wanted no more, so that a slow reader holds one page.
 */
export async function* exportText<Row>(
  table: ExportTable<Row>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLines([table.header])
  for await (const rows of table.pages()) {
    // Nothing to say of an empty page: an empty chunk would end the stream.
    if (rows.length === 0) continue
    if (format === 'csv') yield csvLines(rows.map(row => table.cells(row)))
    else yield rows.map(row => `${JSON.stringify(row)}\n`).join('')
  }
}

function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map(row => row.map(cell => (typeof cell === 'string' ? harmless(cell) : cell))),
    { record_delimiter: 'windows', cast: { boolean: value => String(value) } },
  )
}

/**
 * The text so that no spreadsheet takes it for a formula, after OWASP's advice on CSV injection: an apostrophe
 * before what could begin one. Names of models and consumers come from callers. Numbers are left alone.
 */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
