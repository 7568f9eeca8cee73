import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{
 *   readonly document: string
 *   readonly line: number
 *   readonly language: string
 *   readonly text: string
 *   readonly reason: string | null
 * }} Sample `reason`: why it is not run, from the comment above it; null if it is
 */

/** Languages that tests run: apps/cli/tests/document-samples.test.ts, and that of the same name of the API. */
const runnable = ['sh', 'console', 'yaml']
/** Languages of settings of other programs, which nothing here reads. */
const foreign = ['json', 'jsonc', 'toml', 'nginx']

/** Pages whose samples are made from sources that have checks of their own. */
const generated = ['docs/configuration.md', 'docs/presets.md']

/**
 * The fenced samples of the README and of docs, in order.
 *
 * @param {string} root
 * @returns {readonly Sample[]}
 */
export function readSamples(root) {
  const pages = readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
    .toSorted()
  return ['README.md', ...pages]
    .filter(document => !generated.includes(document))
    .flatMap(document => samplesIn(document, readFileSync(join(root, document), 'utf8')))
}

/**
 * @param {string} document
 * @param {string} source
 * @returns {readonly Sample[]}
 */
export function samplesIn(document, source) {
  const lines = source.split('\n')
  /** @type {Sample[]} */
  const samples = []
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', language] = /^( *)```(\w+)$/.exec(lines[at] ?? '') ?? []
    if (language === undefined) continue
    const end = lines.indexOf(`${indent}\`\`\``, at + 1)
    const [, reason = null] = /^ *<!-- not run: (.+) -->$/.exec(lines[at - 1] ?? '') ?? []
    const text = lines
      .slice(at + 1, end)
      .map(line => line.slice(indent.length))
      .join('\n')
    samples.push({ document, line: at + 1, language, text, reason })
    at = end
  }
  return samples
}

/**
 * @param {string} root
 * @returns {readonly string[]} faults: samples that no test runs, without a reason above them
 */
export function checkSamples(root) {
  if (!existsSync(join(root, 'docs')) || !existsSync(join(root, 'README.md'))) return []
  return readSamples(root)
    .filter(({ language, reason }) => reason === null && ![...runnable, ...foreign].includes(language))
    .map(
      ({ document, line, language }) =>
        `${document}:${line}: no test runs samples of ${language}: write "<!-- not run: REASON -->" above it`,
    )
}
