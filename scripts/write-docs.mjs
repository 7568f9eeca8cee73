// Writes the documents that are made from sources, such as docs/configuration.md and docs/presets.md. Usage: node scripts/write-docs.mjs
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedPages } from './docs/generated-pages.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
for (const { path, text, faults } of await generatedPages(root)) {
  for (const fault of faults) process.stderr.write(`${path}: ${fault}\n`)
  writeFileSync(join(root, path), text)
}
