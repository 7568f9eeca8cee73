// Checks the documents: see checkDocuments. Usage: node scripts/check-docs.mjs [ROOT]; prints every fault with file and
// line, and exits with 1.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkDocuments } from './docs/check-documents.mjs'

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
const { documentCount, faults } = await checkDocuments(root)
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.stdout.write(`documents: ${documentCount} files, ${faults.length} faults\n`)
process.exitCode = faults.length === 0 ? 0 : 1
