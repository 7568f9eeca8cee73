/**
 * Whether a text matches a pattern in which `*` matches any characters, `/` included, and everything else itself. The
 * only pattern syntax for models, providers, prices and variables. Case-sensitive; linear time per `*` for any pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  const last = pieces[pieces.length - 1] ?? ''
  if (pieces.length === 1) return false
  if (text.length < first.length + last.length) return false
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  // Each piece is matched at its first occurrence, which suffices without backtracking.
  let position = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position)
    if (found === -1 || found + piece.length > end) return false
    position = found + piece.length
  }
  return true
}

/** Whether the name contains `*`. */
export function isGlob(name: string): boolean {
  return name.includes('*')
}

/** Whether the pattern matches the model. The empty name (no model) matches nothing. */
export function matchesModel(pattern: string, model: string): boolean {
  return model !== '' && matchesGlob(pattern, model)
}

/** Whether one of a provider's patterns matches the model. */
export function servesModel(patterns: readonly string[], model: string): boolean {
  return patterns.some(pattern => matchesModel(pattern, model))
}

/**
 * Whether `pattern` provably matches everything that the pattern `served` matches. False if the two patterns alone do
 * not show it.
 */
export function coversPattern(pattern: string, served: string): boolean {
  if (pattern === '*' || pattern === served) return true
  return !isGlob(served) && matchesModel(pattern, served)
}
