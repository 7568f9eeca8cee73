import { join } from 'node:path'
import { buildSync } from 'esbuild'

/**
 * @typedef {import('./presets-page.mjs').Preset} Preset
 * @typedef {{
 *   readonly presetNames: readonly string[]
 *   readonly presetLimits: (name: string) => Preset | undefined
 *   readonly presetLines: (preset: Preset) => readonly import('./presets-page.mjs').PresetLine[]
 *   readonly vendorFacts: (vendor: string) => { readonly title: string } | undefined
 * }} Vendors what documents need of the package
 */

/**
 * Loads the facts about vendors from their sources: documents are checked before anything is built.
 *
 * @param {string} root
 * @returns {Promise<Vendors>}
 */
export async function loadVendors(root) {
  const { outputFiles } = buildSync({
    entryPoints: [join(root, 'packages/vendors/src/index.ts')],
    ...{ bundle: true, write: false, platform: 'node', format: 'esm' },
    conditions: ['quotakeeper-source'],
  })
  const [{ text } = { text: '' }] = outputFiles
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
}
