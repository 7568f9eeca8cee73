import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const page = 'docs/counting.md'

/**
 * Checks that each rule of docs/counting.md is linked to a test that exists: the link's text is its title.
 *
 * @param {string} root
 * @returns {readonly string[]} faults, with lines
 */
export function checkTests(root) {
  const file = join(root, page)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (!line.startsWith('| ') || line === '| rule | test |' || line === '| promise | test |') return []
      const [, title, path = ''] = / \| \[([^\]]+)\]\(\.\.\/([^)]+)\) \|$/.exec(line) ?? []
      const at = `${page}:${index + 1}`
      if (title === undefined) return [`${at}: the rule has no test`]
      const test = join(root, path)
      const isThere = existsSync(test) && readFileSync(test, 'utf8').includes(title)
      return isThere ? [] : [`${at}: "${title}" is not in ${path}`]
    })
}
