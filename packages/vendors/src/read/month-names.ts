const names = 'janfebmaraprmayjunjulaugsepoctnovdec'

/** The month, 0 to 11, from a number (1 to 12) or an English name, full or abbreviated; null for anything else. */
export function monthIndexOf(text: string): number | null {
  if (/^\d{1,2}$/.test(text)) {
    const index = Number(text) - 1
    return index >= 0 && index < 12 ? index : null
  }
  const place = text.length < 3 ? -1 : names.indexOf(text.slice(0, 3).toLowerCase())
  return place % 3 === 0 ? place / 3 : null
}
