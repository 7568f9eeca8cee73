// Checks that files, headings and commands named in documents exist, that their lists of files are complete, that
// generated documents are current, that every error code is explained, that every rule of counting has a test, and
// that samples which no test runs say why.
// Usage: node scripts/check-docs.mjs [ROOT]; prints every fault with file and line, and exits with 1.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkCodes } from './docs/check-codes.mjs'
import { checkFileLists } from './docs/check-file-lists.mjs'
import { judgeCommands, judgeLink, judgePaths } from './docs/check-references.mjs'
import { checkTests } from './docs/check-tests.mjs'
import { checkGeneratedPages } from './docs/generated-pages.mjs'
import { readMarkdown } from './docs/read-markdown.mjs'
import { checkSamples } from './docs/read-samples.mjs'

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const skippedFolders = ['node_modules', 'dist', 'coverage', 'migrations']

/**
 * @param {string} directory
 * @returns {string[]}
 */
function documentsIn(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      return skippedFolders.includes(entry.name) || entry.name.startsWith('.') ? [] : documentsIn(path)
    }
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** @param {string} document */
function faultsOf(document) {
  const source = readFileSync(document, 'utf8')
  const { links, codeSpans, codeLines } = readMarkdown(source)
  const commands = codeLines.filter(({ text }) => /^\s*(?:\$ )?(?:node|npx|pnpm|cd|cp)\b/.test(text))
  return [
    ...links.flatMap(link => judgeLink({ root, document, link })),
    ...[...codeSpans, ...commands].flatMap(code => judgePaths({ root, document, code })),
    ...[...codeSpans, ...codeLines].flatMap(code => judgeCommands({ manifest, code })),
    ...checkFileLists({ root, source }),
  ].map(({ line, fault }) => `${relative(root, document)}:${line}: ${fault}`)
}

const documents = documentsIn(root)
const faults = [
  ...documents.flatMap(faultsOf),
  ...(await checkGeneratedPages(root)),
  ...checkCodes(root),
  ...checkTests(root),
  ...checkSamples(root),
]
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.stdout.write(`documents: ${documents.length} files, ${faults.length} faults\n`)
process.exitCode = faults.length === 0 ? 0 : 1
