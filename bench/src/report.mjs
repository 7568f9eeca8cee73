/** Rounds a figure for comparison. @param {number} figure */
export function rounded(figure) {
  if (figure >= 100) return Math.round(figure).toLocaleString('en')
  return figure.toPrecision(3)
}

/** A Markdown table. @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/**
 * The rows of a reserve scenario, each compared with the first contender with the same number of callers.
 * @param {readonly { callers: number, name: string, isDurable: boolean, perSecond: number, p50Ms: number,
 * p99Ms: number }[]} rows
 */
export function reserveTable(rows) {
  const head = ['callers', 'what', 'durable', 'decisions/s', 'p50 ms', 'p99 ms', 'Quotakeeper is']
  return table(
    head,
    rows.map(row => {
      const own = rows.find(candidate => candidate.callers === row.callers)
      const ratio =
        own === undefined || own === row ? '' : `${rounded(own.perSecond / row.perSecond)} × as fast`
      return [
        String(row.callers),
        row.name,
        row.isDurable ? 'yes' : 'no',
        rounded(row.perSecond),
        rounded(row.p50Ms),
        rounded(row.p99Ms),
        ratio,
      ]
    }),
  )
}
