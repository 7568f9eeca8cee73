import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** @typedef {{ readonly line: number, readonly fault: string }} Finding */

/** Claims that the table below lists all source files in some folders whose text matches. */
const claim = /^<!-- every file in (?<folders>.+) that matches \/(?<pattern>.+)\/ -->$/

/** Folders without sources: build output, tests and contract suites. */
const otherFolders = ['node_modules', 'dist', 'tests', 'fire', 'contract']

/**
 * Checks tables that claim to list every source file with a certain text, for example a vendor's name: the
 * files to change for another vendor. Tests and contract suites are excluded.
 *
 * @param {{ root: string, source: string }} document
 * @returns {Finding[]}
 */
export function checkFileLists({ root, source }) {
  const lines = source.split('\n')
  return lines.flatMap((text, index) => {
    const { folders, pattern } = claim.exec(text)?.groups ?? {}
    if (folders === undefined || pattern === undefined) return []
    const listed = tableBelow(lines, index)
    const matching = folders
      .split(' ')
      .flatMap(folder => sourcesIn(join(root, folder)))
      .filter(path => new RegExp(pattern).test(readFileSync(path, 'utf8')))
      .map(path => relative(root, path))
    const line = index + 1
    return [
      ...(matching.length === 0 ? [{ line, fault: `no file in ${folders} matches /${pattern}/` }] : []),
      ...matching
        .filter(path => !listed.includes(path))
        .map(path => ({ line, fault: `the list lacks ${path}, which matches /${pattern}/` })),
      ...listed
        .filter(path => !matching.includes(path))
        .map(path => ({ line, fault: `the list names ${path}, which does not match /${pattern}/` })),
    ]
  })
}

/** The paths in the first column of the next table. @param {readonly string[]} lines @param {number} index */
function tableBelow(lines, index) {
  const rest = lines.slice(index + 1)
  const start = rest.findIndex(line => line.startsWith('|'))
  if (start < 0) return []
  const end = rest.findIndex((line, at) => at > start && !line.startsWith('|'))
  return rest
    .slice(start, end < 0 ? undefined : end)
    .flatMap(line => /^\|\s*`([^`]+)`\s*\|/.exec(line)?.[1] ?? [])
}

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return otherFolders.includes(entry.name) ? [] : sourcesIn(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : []
  })
}
