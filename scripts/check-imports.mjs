// Checks import directions, import cycles, and the purity of pure packages. Usage: node
// scripts/check-imports.mjs [ROOT]; prints every violation with file and line, and exits with 1.
import { readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { arrows, environmentPackages, impureFiles, purePackages } from './imports/arrows.mjs'
import { findCycle, judgeDirection, judgeManifest } from './imports/check-directions.mjs'
import { judgeEnvironment, judgePurity } from './imports/check-purity.mjs'
import { findCircles } from './imports/find-circles.mjs'
import { findImports } from './imports/find-imports.mjs'
import { maskSource } from './imports/mask-source.mjs'
import { readWorkspace } from './imports/workspace-files.mjs'

/** @typedef {import('./imports/check-purity.mjs').Finding} Finding */
/** @typedef {import('./imports/workspace-files.mjs').WorkspacePackage} WorkspacePackage */
/** @typedef {import('./imports/workspace-files.mjs').SourceFile} SourceFile */

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
const packages = readWorkspace(root)

/**
 * @param {WorkspacePackage} from
 * @param {SourceFile} file
 * @returns {Finding[]}
 */
function judgeFile(from, file) {
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
      judgeFile(from, file).map(({ line, rule }) => `${relative(root, file.path)}:${line}: ${rule}`),
    ),
  ]),
]
const fileCount = packages.reduce((sum, { files }) => sum + files.length, 0)

if (fileCount === 0) violations.push(`${root}: there is nothing to check`)
for (const violation of violations) process.stderr.write(`${violation}\n`)
process.stdout.write(`import directions: ${fileCount} files, ${violations.length} violations\n`)
process.exitCode = violations.length === 0 ? 0 : 1
