import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { configurationPage } from './configuration-page.mjs'
import { presetsPage } from './presets-page.mjs'

/** @typedef {{ readonly path: string, readonly text: string, readonly faults: readonly string[] }} GeneratedPage */

/**
 * The documents that are made from sources, with their paths; none where the repository has no schema.
 *
 * @param {string} root
 * @returns {Promise<readonly GeneratedPage[]>}
 */
export async function generatedPages(root) {
  const schemaFile = join(root, 'apps/api/quotakeeper.config.schema.json')
  if (!existsSync(schemaFile)) return []
  const { parse } = createRequire(join(root, 'apps/api/package.json'))('yaml')
  const source = readFileSync(join(root, 'examples/every-setting.yaml'), 'utf8')
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
  const configuration = configurationPage({ schema, example: parse(source), source })
  // Only here: projects without such a page need no compiler.
  const { loadVendors } = await import('./load-vendors.mjs')
  const { presetLimits, presetLines, presetNames, vendorFacts } = await loadVendors(root)
  const presets = presetsPage({
    presets: presetNames.flatMap(name => presetLimits(name) ?? []),
    linesOf: presetLines,
    titleOf: vendor => vendorFacts(vendor)?.title ?? vendor,
  })
  return [
    { path: 'docs/configuration.md', text: configuration.page, faults: configuration.faults },
    { path: 'docs/presets.md', text: presets.page, faults: presets.faults },
  ]
}

/**
 * @param {string} root
 * @returns {Promise<readonly string[]>} faults of generated documents: gaps of their sources, and outdated files
 */
export async function checkGeneratedPages(root) {
  const pages = await generatedPages(root)
  return pages.flatMap(({ path, text, faults }) => {
    const file = join(root, path)
    const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === text
    const outdated = isCurrent ? [] : [`${path}: is not current: run "node scripts/write-docs.mjs"`]
    return [...faults.map(fault => `${path}: ${fault}`), ...outdated]
  })
}
