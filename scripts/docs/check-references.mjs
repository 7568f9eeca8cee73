import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readMarkdown } from './read-markdown.mjs'

/** @typedef {import('./read-markdown.mjs').Piece} Piece */
/** @typedef {{ readonly line: number, readonly fault: string }} Finding */

/** Top folders of the project; a code span that begins with one is a path. */
const topFolders = ['packages', 'apps', 'docs', 'scripts', 'bench', 'examples', '.ci']

/** pnpm's own commands allowed in documents. */
const pnpmCommands = ['install', 'add', 'remove', 'update', 'exec', 'dlx', 'why', 'pack', 'publish']

/**
 * Checks a relative link: its file must exist, and its heading, if it names one in a Markdown file.
 *
 * @param {{ root: string, document: string, link: Piece }} question
 * @returns {Finding[]}
 */
export function judgeLink({ root, document, link }) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link.text)) return []
  const [path = '', anchor = ''] = decodeURIComponent(link.text).split('#')
  const target =
    path === '' ? document : path.startsWith('/') ? join(root, path) : resolve(dirname(document), path)
  if (!existsSync(target)) return [{ line: link.line, fault: `links to ${link.text}, which does not exist` }]
  if (anchor === '' || !target.endsWith('.md')) return []
  return readMarkdown(readFileSync(target, 'utf8')).anchors.includes(anchor)
    ? []
    : [{ line: link.line, fault: `links to ${link.text}, but there is no such heading` }]
}

/**
 * Checks the paths in code. `dist` need not be built, but its source must exist.
 *
 * @param {{ root: string, document: string, code: Piece }} question
 * @returns {Finding[]}
 */
export function judgePaths({ root, document, code }) {
  return code.text
    .split(/[\s"'`,;()]+/)
    .filter(
      word => topFolders.includes(word.split('/')[0] ?? '') && word.includes('/') && !/[<>…{}$]/.test(word),
    )
    .filter(word => ![root, dirname(document)].some(base => isThere(base, word)))
    .map(word => ({ line: code.line, fault: `names ${word}, which does not exist` }))
}

/**
 * Checks the pnpm commands in code: scripts of the manifest, and the pinned version.
 *
 * @param {{ manifest: { scripts?: Readonly<Record<string, string>>, packageManager?: string }, code: Piece }}
 * question
 * @returns {Finding[]}
 */
export function judgeCommands({ manifest, code }) {
  const known = [...Object.keys(manifest.scripts ?? {}), ...pnpmCommands]
  const command =
    /(?<![\w@/.-])(?<tool>pnpm(?:@[\w.-]+)?)(?:[ \t]+(?:--?[\w-]+(?:=\S+)?))*(?:[ \t]+run)?[ \t]+(?<script>[a-z][\w:-]*)/g
  return [...code.text.matchAll(command)].flatMap(match => {
    const { tool = '', script = '' } = match.groups ?? {}
    const isOtherVersion = tool.includes('@') && tool !== manifest.packageManager
    return [
      ...(isOtherVersion ? [`names ${tool}, but the project uses ${manifest.packageManager}`] : []),
      ...(known.includes(script)
        ? []
        : [`names the command "pnpm ${script}", which package.json does not have`]),
    ].map(fault => ({ line: code.line, fault }))
  })
}

/** @param {string} base @param {string} path */
function isThere(base, path) {
  const beforeGlob = path.split('/*')[0] ?? ''
  const source = beforeGlob.replace('/dist/', '/src/').replace(/\.js$/, '.ts').replace(/[:.]$/, '')
  return [beforeGlob, source, source.replace(/\.ts$/, '.tsx')].some(candidate =>
    existsSync(join(base, candidate)),
  )
}
