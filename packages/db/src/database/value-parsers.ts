import pg from 'pg'

/** bigint, numeric, date, timestamp, timestamptz. */
const textTypes = new Set([20, 1700, 1082, 1114, 1184])

/**
 * How values come out of pg: whatever a number or a Date of JavaScript would bend (a day becomes the day
 * before, west of UTC) stays text; the rest is parsed as usual.
 */
export function readAsText(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (textTypes.has(oid)) return value => value
  // pg's declaration wants each format apart.
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')
}
