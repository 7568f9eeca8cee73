/**
 * Whether a text matches a pattern in which `*` stands for any characters, `/` included, and everything else for
 * itself: the one dialect in which models, providers, prices and variables are named. Matching is case-sensitive and
 * takes linear time per `*`, whatever the pattern.
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
  // Each piece at its first place: what matches at all matches so, without ever going back.
  let position = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position)
    if (found === -1 || found + piece.length > end) return false
    position = found + piece.length
  }
  return true
}

/** Whether the name is a pattern that may stand for several. */
export function isGlob(name: string): boolean {
  return name.includes('*')
}

/** Whether the pattern names the model. The empty name (no model) matches nothing. */
export function matchesModel(pattern: string, model: string): boolean {
  return model !== '' && matchesGlob(pattern, model)
}

/** Whether one of a provider's patterns names the model. */
export function servesModel(patterns: readonly string[], model: string): boolean {
  return patterns.some(pattern => matchesModel(pattern, model))
}

/**
 * Whether a limit on `pattern` is known to hold for everything that `served` (a pattern, too) names.
 * Where that cannot be told from the two patterns alone, the answer is no.
 */
export function coversPattern(pattern: string, served: string): boolean {
  if (pattern === '*' || pattern === served) return true
  return !isGlob(served) && matchesModel(pattern, served)
}
