/**
 * Whether one of a provider's globs, in which `*` stands for any characters, names the model. The API
 * judges the same before it grants; here it tells an unknown model (404) from a key that isn't set (503).
 */
export function servesModel(globs: readonly string[], model: string): boolean {
  return globs.some(glob => matchesGlob(glob, model))
}

/** Whether a glob, in which `*` stands for any characters, names a text. */
export function matchesGlob(glob: string, model: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return glob === model
  if (!model.startsWith(first) || !model.endsWith(last)) return false
  const end = model.length - last.length
  // Each piece at its first place: what matches at all matches so, without ever going back.
  let position = first.length
  for (const piece of rest) {
    const found = model.indexOf(piece, position)
    if (found === -1) return false
    position = found + piece.length
  }
  return position <= end
}
