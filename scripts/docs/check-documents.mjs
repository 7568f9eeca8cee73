import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { checkCodes } from './check-codes.mjs'
import { checkFileLists } from './check-file-lists.mjs'
import { judgeCommands, judgeLink, judgePaths } from './check-references.mjs'
import { checkTests } from './check-tests.mjs'
import { checkGeneratedPages } from './generated-pages.mjs'
import { readMarkdown } from './read-markdown.mjs'
import { checkSamples } from './read-samples.mjs'

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

/** @param {{ root: string, manifest: Parameters<typeof judgeCommands>[0]['manifest'], document: string }} options */
function faultsOf({ root, manifest, document }) {
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

/**
 * Checks that files, headings and commands named in documents exist, that their lists of files are complete, that
 * generated documents are current, that every error code is explained, that every rule of counting has a test, and
 * that samples which no test runs say why.
 *
 * @param {string} root of the project
 * @returns {Promise<{ documentCount: number, faults: string[] }>} each fault with file and line
 */
export async function checkDocuments(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const documents = documentsIn(root)
  const faults = [
    ...documents.flatMap(document => faultsOf({ root, manifest, document })),
    ...(await checkGeneratedPages(root)),
    ...checkCodes(root),
    ...checkTests(root),
    ...checkSamples(root),
  ]
  return { documentCount: documents.length, faults }
}
