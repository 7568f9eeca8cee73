import { readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { arrows, environmentPackages, impureFiles, purePackages } from './arrows.mjs'
import { findCycle, judgeDirection, judgeManifest } from './check-directions.mjs'
import { judgeEnvironment, judgePurity } from './check-purity.mjs'
import { findCircles } from './find-circles.mjs'
import { findImports } from './find-imports.mjs'
import { maskSource } from './mask-source.mjs'
import { readWorkspace } from './workspace-files.mjs'

/** @typedef {import('./check-purity.mjs').Finding} Finding */
/** @typedef {import('./workspace-files.mjs').WorkspacePackage} WorkspacePackage */
/** @typedef {import('./workspace-files.mjs').SourceFile} SourceFile */

/**
 * @param {{ root: string, packages: readonly WorkspacePackage[], from: WorkspacePackage, file: SourceFile }} options
 * @returns {Finding[]}
 */
function judgeFile({ root, packages, from, file }) {
  const source = readFileSync(file.path, 'utf8')
  const masked = maskSource(source)
  const imports = findImports(source, masked)
  const directions = imports.flatMap(imported => {
    const rule = judgeDirection({ from, file, imported, packages })
    return rule === null ? [] : [{ line: imported.line, rule }]
  })
  if (file.isTest) return directions
  const isPure = purePackages.includes(from.name)
  const mayBeImpure = impureFiles.includes(relative(root, file.path))
  const mayReadEnvironment =
    environmentPackages.includes(from.name) || ['env.ts', 'main.ts'].includes(basename(file.path))
  return [
    ...directions,
    ...(isPure && !mayBeImpure ? judgePurity({ source, masked, imports }) : []),
    ...(isPure || mayReadEnvironment ? [] : judgeEnvironment({ source, masked, imports })),
  ]
}

/**
 * Checks import directions, import cycles, and the purity of pure packages.
 *
 * @param {string} root of the workspace
 * @returns {{ fileCount: number, violations: string[] }} each violation with file, line and rule
 */
export function checkWorkspace(root) {
  const packages = readWorkspace(root)
  /** The relative imports of every file except tests. */
  const relativeImports = new Map(
    packages
      .flatMap(({ files }) => files)
      .filter(file => !file.isTest)
      .map(({ path }) => {
        const source = readFileSync(path, 'utf8')
        const specifiers = findImports(source, maskSource(source)).map(({ specifier }) => specifier)
        return [path, specifiers.filter(specifier => specifier.startsWith('.'))]
      }),
  )

  const cycle = findCycle(arrows)
  const violations = [
    ...(cycle === null
      ? []
      : [`scripts/imports/arrows.mjs: the directions run in a circle: ${cycle.join(' → ')}`]),
    ...findCircles(relativeImports).map(circle => {
      const [first = '', ...rest] = circle.map(path => relative(root, path))
      return `${first}: files import each other in a circle: ${[first, ...rest].join(' → ')}`
    }),
    ...packages.flatMap(from => [
      ...judgeManifest(from).map(rule => `${relative(root, join(from.directory, 'package.json'))}: ${rule}`),
      ...from.files.flatMap(file =>
        judgeFile({ root, packages, from, file }).map(
          ({ line, rule }) => `${relative(root, file.path)}:${line}: ${rule}`,
        ),
      ),
    ]),
  ]
  const fileCount = packages.reduce((sum, { files }) => sum + files.length, 0)
  if (fileCount === 0) violations.push(`${root}: there is nothing to check`)
  return { fileCount, violations }
}
