import { dirname, resolve } from 'node:path'

/**
 * Finds import cycles between files, by type or by value: to understand one file of a cycle, one has to read
 * all.
 *
 * @param {ReadonlyMap<string, readonly string[]>} imports each file's path, and the relative specifiers that it
 * imports
 * @returns {readonly (readonly string[])[]} the files of each circle, in the order in which they import each
 * other, the first one repeated at the end; one circle for each group of files that reach each other
 */
export function findCircles(imports) {
  /** @param {string} path */
  const next = path =>
    (imports.get(path) ?? []).flatMap(
      specifier => resolveFile({ from: path, specifier, known: imports }) ?? [],
    )
  /** @type {Set<string>} */
  const done = new Set()
  /** @type {(readonly string[])[]} */
  const circles = []
  for (const start of imports.keys()) {
    /** @type {{ path: string, rest: string[] }[]} */
    const trail = [{ path: start, rest: done.has(start) ? [] : next(start) }]
    while (trail.length > 0) {
      const last = trail.at(-1)
      const path = last?.rest.pop()
      if (path === undefined) {
        trail.pop()
        if (last !== undefined) done.add(last.path)
        continue
      }
      const first = trail.findIndex(step => step.path === path)
      if (first >= 0) circles.push([...trail.slice(first).map(step => step.path), path])
      else if (!done.has(path)) trail.push({ path, rest: next(path) })
    }
  }
  return circles
}

/** @param {{ from: string, specifier: string, known: ReadonlyMap<string, unknown> }} question */
function resolveFile({ from, specifier, known }) {
  const path = resolve(dirname(from), specifier)
  const candidates = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')]
  return candidates.find(candidate => known.has(candidate))
}
