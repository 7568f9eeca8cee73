/** Colours of a dark terminal. @type {Readonly<Record<string, string>>} */
const colours = { 31: '#ff8a78', 32: '#6fd6a9', 33: '#f0bd5a', 34: '#8ab4ff', 36: '#74d3dc' }

/** Escape sequences of colours and weights. */
const colourChange = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`)

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** @param {string} code of a terminal's colour or weight */
function styleOf(code) {
  if (code === '1') return 'font-weight:600'
  if (code === '2') return 'opacity:.65'
  const colour = colours[code]
  return colour === undefined ? '' : `color:${colour}`
}

/**
 * Renders terminal output as a page.
 *
 * @param {string} output with escape sequences of colours
 */
export function terminalPage(output) {
  const pieces = output.split(colourChange)
  let html = escaped(pieces[0] ?? '')
  let style = ''
  for (let index = 1; index < pieces.length; index += 2) {
    const codes = (pieces[index] ?? '').split(';').filter(code => code !== '')
    const isEnd = codes.length === 0 || codes.some(code => ['0', '22', '39'].includes(code))
    style = isEnd ? '' : [style, ...codes.map(styleOf)].filter(part => part !== '').join(';')
    html +=
      style === ''
        ? escaped(pieces[index + 1] ?? '')
        : `<span style="${style}">${escaped(pieces[index + 1] ?? '')}</span>`
  }
  return `<!doctype html><style>
    body { margin: 0; background: #161b1a; }
    pre { display: inline-block; margin: 0; padding: 18px 22px; background: #161b1a; color: #dfe7e3;
      font: 14px/1.45 'DejaVu Sans Mono', monospace; }
  </style><pre>${html}</pre>`
}
