// Checks import directions, import cycles, and the purity of pure packages. Usage: node
// scripts/check-imports.mjs [ROOT]; prints every violation with file and line, and exits with 1.
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkWorkspace } from './imports/check-workspace.mjs'

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
const { fileCount, violations } = checkWorkspace(root)
for (const violation of violations) process.stderr.write(`${violation}\n`)
process.stdout.write(`import directions: ${fileCount} files, ${violations.length} violations\n`)
process.exitCode = violations.length === 0 ? 0 : 1
