import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Tables of docs/troubleshooting.md by heading, and the declaration whose strings are their codes. */
const tables = [
  {
    heading: 'Errors of the gateway',
    file: 'apps/orchestrator/src/endpoints/gateway-code.ts',
    declaration: /gatewayCodes = \[(.*?)\]/s,
  },
  {
    heading: 'Reasons against a key',
    file: 'packages/quota-core/src/domain/outcome.ts',
    declaration: /export type ReasonCode =(.*?)\n\n/s,
  },
  {
    heading: 'Causes of a refusal by a vendor',
    file: 'packages/quota-core/src/domain/cool-down.ts',
    declaration: /export type CoolDownKind =(.*?)\n\n/s,
  },
  {
    heading: 'Errors of the API',
    file: 'packages/quota-core/src/domain/quota-error.ts',
    declaration: /export type QuotaErrorCode =(.*?)\n\n/s,
  },
]

const page = 'docs/troubleshooting.md'

/**
 * Compares the codes in docs/troubleshooting.md with those in the code.
 *
 * @param {string} root
 * @returns {readonly string[]} faults: codes without an entry, and entries without a code
 */
export function checkCodes(root) {
  const file = join(root, page)
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  return tables.flatMap(table => {
    const [, declared = ''] = table.declaration.exec(readFileSync(join(root, table.file), 'utf8')) ?? []
    const inCode = [...declared.matchAll(/'(\w+)'/g)].map(([, code]) => code)
    if (inCode.length === 0) return [`${page}: no codes are found in ${table.file}`]
    const explained = codesUnder(text, table.heading)
    return [
      ...inCode
        .filter(code => !explained.includes(code))
        .map(code => `${page}: "${table.heading}" lacks ${code}`),
      ...explained
        .filter(code => !inCode.includes(code))
        .map(code => `${page}: "${table.heading}" has ${code}, which is not in ${table.file}`),
    ]
  })
}

/** The codes in the first column of the table under a heading. @param {string} text @param {string} heading */
function codesUnder(text, heading) {
  const section = text.split(/^## /m).find(part => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)
}
