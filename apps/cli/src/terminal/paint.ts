const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

/** The available text styles. */
export type Look = keyof typeof codes

/** Styles the text, if styles are enabled. */
export type Paint = (look: Look | null, text: string) => string

export const plain: Paint = (_look, text) => text

export const coloured: Paint = (look, text) => {
  if (look === null || text === '') return text
  const [on, off] = codes[look]
  return `\u001b[${on}m${text}\u001b[${off}m`
}
