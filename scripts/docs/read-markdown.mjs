/**
 * @typedef {{ readonly text: string, readonly line: number }} Piece
 * @typedef {{
 *   readonly links: readonly Piece[]
 *   readonly codeSpans: readonly Piece[]
 *   readonly codeLines: readonly Piece[]
 *   readonly anchors: readonly string[]
 * }} Markdown `links`: their targets; `codeLines`: the lines of fenced code; `anchors`: what headings are linked by
 */

const fence = /^\s*(?:```|~~~)/

/**
 * Reads the references in a document: links, code and headings.
 *
 * @param {string} source
 * @returns {Markdown}
 */
export function readMarkdown(source) {
  let isFenced = false
  /** @type {Piece[]} */
  const codeLines = []
  /** @type {Piece[]} */
  const prose = []
  for (const [index, text] of source.split('\n').entries()) {
    if (fence.test(text)) isFenced = !isFenced
    else if (isFenced) codeLines.push({ text, line: index + 1 })
    else prose.push({ text, line: index + 1 })
  }
  return {
    links: prose.flatMap(({ text, line }) => piecesOf(withoutCode(text), /\]\(\s*<?([^)\s>]+)/g, line)),
    codeSpans: prose.flatMap(({ text, line }) => piecesOf(text, /(?<!`)`([^`]+)`(?!`)/g, line)),
    codeLines,
    anchors: prose
      .flatMap(({ text }) => piecesOf(text, /^#{1,6}\s+(.*)$/g, 0))
      .map(({ text }) => anchorOf(text)),
  }
}

/** @param {string} text @param {RegExp} pattern @param {number} line */
function piecesOf(text, pattern, line) {
  return [...text.matchAll(pattern)].map(match => ({ text: match[1] ?? '', line }))
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/`[^`]*`/g, '')
}

/** GitHub's anchor of a heading. @param {string} heading */
function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
