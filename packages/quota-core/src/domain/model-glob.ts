/**
 * Whether a model's name matches a pattern in which `*` stands for any characters, `/` included.
 * Matching is case-sensitive and takes linear time per `*`, whatever the pattern. The empty name
 * (no model) matches nothing.
 */
export function matchesModel(pattern: string, model: string): boolean {
  if (model === '') return false
  if (pattern === '*' || pattern === model) return true
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  const last = pieces[pieces.length - 1] ?? ''
  if (pieces.length === 1) return false
  if (model.length < first.length + last.length) return false
  if (!model.startsWith(first) || !model.endsWith(last)) return false
  const end = model.length - last.length
  let position = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = model.indexOf(piece, position)
    if (found === -1 || found + piece.length > end) return false
    position = found + piece.length
  }
  return true
}

/**
 * Whether a limit on `pattern` is known to hold for everything that `served` (a pattern, too) names.
 * Where that cannot be told from the two patterns alone, the answer is no.
 */
export function coversPattern(pattern: string, served: string): boolean {
  if (pattern === '*' || pattern === served) return true
  return !served.includes('*') && matchesModel(pattern, served)
}
