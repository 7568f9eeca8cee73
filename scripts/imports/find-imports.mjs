/**
 * One import, re-export or dynamic import.
 *
 * @typedef {{
 *   readonly specifier: string
 *   readonly isTypeOnly: boolean
 *   readonly clause: string
 *   readonly line: number
 * }} Import `clause`: what stands between `import` and `from`, such as `{ createHash }`; '' where nothing does
 */

// `import x, { y } from '…'`, `import type { z } from '…'`, `export * as all from '…'`.
const names = /(?:[\w$]+\s*,\s*)?(?:\{[^{}]*\}|\*(?:\s*as\s+[\w$]+)?)|[\w$]+/.source
const statement = new RegExp(
  `(?<![\\w$.])(?:import|export)\\b\\s*(?<clause>(?:type\\b\\s*)?(?:${names}))\\s*from\\s*['"]`,
  'g',
)
// `import '…'`
const bareStatement = /(?<![\w$.])import\s*['"]/g
// `import('…')`, `import.meta.resolve('…')`, `require('…')`.
const call = /(?<![\w$.])(?:import|import\.meta\.resolve|require|require\.resolve)\s*\(\s*['"]/g

/**
 * Finds every module imported by a source file.
 *
 * @param {string} source
 * @param {string} masked `maskSource(source)`
 * @returns {Import[]}
 */
export function findImports(source, masked) {
  const statements = [...masked.matchAll(statement)].map(match => {
    const clause = match.groups?.['clause'] ?? ''
    // With verbatimModuleSyntax `import { type A } from` still loads the module; only `import type` does not.
    return importAt({ source, match, clause, isTypeOnly: /^type\s*[\w${*]/.test(clause) })
  })
  const others = [bareStatement, call].flatMap(pattern =>
    [...masked.matchAll(pattern)].map(match => importAt({ source, match, clause: '', isTypeOnly: false })),
  )
  return [...statements, ...others]
}

/**
 * @param {{ source: string, match: RegExpMatchArray, clause: string, isTypeOnly: boolean }} found
 * @returns {Import}
 */
function importAt({ source, match, clause, isTypeOnly }) {
  const start = match.index ?? 0
  const quoteAt = start + match[0].length - 1
  const specifier = source.slice(quoteAt + 1, source.indexOf(source.charAt(quoteAt), quoteAt + 1))
  return { specifier, isTypeOnly, clause, line: lineAt(source, quoteAt) }
}

/**
 * @param {string} source
 * @param {number} offset
 * @returns {number} from 1
 */
export function lineAt(source, offset) {
  return source.slice(0, offset).split('\n').length
}
