import { builtinModules } from 'node:module'
import { lineAt } from './find-imports.mjs'

/** @typedef {import('./find-imports.mjs').Import} Import */
/** @typedef {{ readonly line: number, readonly rule: string }} Finding */

/** Code forbidden in pure packages, and what to do instead. */
const impure = [
  { pattern: /\bDate\s*\.\s*now\b/g, rule: 'reads the clock (Date.now): take `now` as an argument' },
  {
    pattern: /\bnew\s+Date\s*(?:\(\s*\)|(?![\s\w($.]))/g,
    rule: 'reads the clock (new Date()): take `now` as an argument',
  },
  { pattern: /(?<![\w$.]|new\s)Date\s*\(/g, rule: 'reads the clock (Date()): take `now` as an argument' },
  { pattern: /\bTemporal\s*\.\s*Now\b/g, rule: 'reads the clock (Temporal.Now): take `now` as an argument' },
  {
    pattern: /(?<![\w$.])performance\s*\./g,
    rule: 'reads the clock (performance): take `now` as an argument',
  },
  { pattern: /\bMath\s*\.\s*random\b/g, rule: 'is random (Math.random): take the value as an argument' },
  { pattern: /(?<![\w$.])crypto\s*\./g, rule: 'is random (crypto): take the value as an argument' },
  {
    pattern: /(?<![\w$.])(?:setTimeout|setInterval|setImmediate)\s*\(/g,
    rule: 'waits: timers belong to the applications',
  },
  { pattern: /(?<![\w$.])process\s*[.[?]/g, rule: 'reads the process: take the value as an argument' },
  { pattern: /(?<![\w$.])fetch\s*\(/g, rule: 'does I/O (fetch): I/O belongs to the applications' },
]

const environment = /(?<![\w$.])process\s*(?:\?\.|\.)\s*env\b|(?<![\w$.])process\s*\[/g

/**
 * Finds impure code in a file of a pure package.
 *
 * @param {{ source: string, masked: string, imports: readonly Import[] }} file
 * @returns {Finding[]}
 */
export function judgePurity({ source, masked, imports }) {
  const spoken = impure.flatMap(({ pattern, rule }) => findAll({ source, masked, pattern, rule }))
  const imported = imports
    .filter(({ specifier }) => isBuiltin(specifier) && specifier !== 'node:assert/strict')
    .map(({ specifier, line }) => ({
      line,
      rule: `does I/O (${specifier}): of Node.js only assert is pure`,
    }))
  return [...spoken, ...imported]
}

/**
 * Finds reads of the environment.
 *
 * @param {{ source: string, masked: string, imports: readonly Import[] }} file
 * @returns {Finding[]}
 */
export function judgeEnvironment({ source, masked, imports }) {
  const rule = 'reads process.env: only env.ts and main.ts may'
  const imported = imports
    .filter(({ specifier, clause }) => /^(?:node:)?process$/.test(specifier) && /\benv\b/.test(clause))
    .map(({ line }) => ({ line, rule }))
  return [...findAll({ source, masked, pattern: environment, rule }), ...imported]
}

/**
 * @param {{ source: string, masked: string, pattern: RegExp, rule: string }} question
 * @returns {Finding[]}
 */
function findAll({ source, masked, pattern, rule }) {
  return [...masked.matchAll(pattern)].map(match => ({ line: lineAt(source, match.index), rule }))
}

/** @param {string} specifier */
function isBuiltin(specifier) {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}
