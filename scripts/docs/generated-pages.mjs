import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { configurationPage } from './configuration-page.mjs'

/**
 * The documents that are made from sources, with their paths; none where the repository has no schema.
 *
 * @param {string} root
 * @returns {readonly { readonly path: string, readonly text: string, readonly faults: readonly string[] }[]}
 */
export function generatedPages(root) {
  const schemaFile = join(root, 'apps/api/quotakeeper.config.schema.json')
  if (!existsSync(schemaFile)) return []
  const { parse } = createRequire(join(root, 'apps/api/package.json'))('yaml')
  const source = readFileSync(join(root, 'examples/every-setting.yaml'), 'utf8')
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
  const { page, faults } = configurationPage({ schema, example: parse(source), source })
  return [{ path: 'docs/configuration.md', text: page, faults }]
}

/**
 * @param {string} root
 * @returns {readonly string[]} faults of generated documents: gaps of their sources, and outdated files
 */
export function checkGeneratedPages(root) {
  return generatedPages(root).flatMap(({ path, text, faults }) => {
    const file = join(root, path)
    const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === text
    const outdated = isCurrent ? [] : [`${path}: is not current: run "node scripts/write-docs.mjs"`]
    return [...faults.map(fault => `${path}: ${fault}`), ...outdated]
  })
}
