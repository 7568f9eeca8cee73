import { dirname, relative, resolve } from 'node:path'
import { arrows, scope, testOnlyPackage } from './arrows.mjs'

/** @typedef {import('./find-imports.mjs').Import} Import */
/** @typedef {import('./workspace-files.mjs').WorkspacePackage} WorkspacePackage */
/** @typedef {import('./workspace-files.mjs').SourceFile} SourceFile */

/**
 * Checks one import against the directions.
 *
 * @param {{ from: WorkspacePackage file: SourceFile imported: Import packages: readonly WorkspacePackage[] }}
 * question
 * @returns {string | null} the broken rule
 */
export function judgeDirection({ from, file, imported, packages }) {
  const { specifier } = imported
  if (specifier.startsWith('.')) return judgeRelative({ from, file, specifier })
  if (!specifier.startsWith(scope)) return null
  const [name = '', ...subpath] = specifier.slice(scope.length).split('/')
  const target = packages.find(candidate => candidate.name === name)
  if (target === undefined) return `there is no package ${scope}${name} in the workspace`
  if (name === from.name) return file.isTest ? null : 'a package reaches its own files by relative paths'
  const exported = ['.', ...subpath].join('/')
  if (!(exported in (target.manifest.exports ?? {}))) {
    return `${scope}${name} does not export ${exported}: import what it exports`
  }
  if (name === testOnlyPackage) return file.isTest ? null : `only tests may import ${scope}${testOnlyPackage}`
  const arrow = arrows[from.name]?.[name]
  if (arrow === undefined) return `${from.name} must not import ${name}: ${allowedTo(from.name)}`
  if (arrow === 'type' && !imported.isTypeOnly) {
    return `${from.name} may import ${name} by type only: write "import type"`
  }
  return null
}

/**
 * Checks the dependencies of a package's manifest.
 *
 * @param {WorkspacePackage} from
 * @returns {string[]} the broken rules
 */
export function judgeManifest(from) {
  const { manifest, name } = from
  if (!(name in arrows)) return [`${name} has no directions yet: add it to scripts/imports/arrows.mjs`]
  const atRunTime = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  const inDevelopment = Object.keys(manifest.devDependencies ?? {})
  /** @param {string} dependency */
  const arrowTo = dependency => arrows[name]?.[dependency.slice(scope.length)]
  /** @param {string} dependency */
  const isOurs = dependency => dependency.startsWith(scope)
  return [
    ...atRunTime
      .filter(dependency => isOurs(dependency) && arrowTo(dependency) !== 'value')
      .map(dependency => `${name} must not depend on ${dependency} at run time: ${allowedTo(name)}`),
    ...inDevelopment
      .filter(dependency => isOurs(dependency) && dependency !== scope + testOnlyPackage)
      .filter(dependency => arrowTo(dependency) === undefined)
      .map(dependency => `${name} must not depend on ${dependency}: ${allowedTo(name)}`),
  ]
}

/**
 * Finds a cycle in the table of directions itself.
 *
 * @param {Readonly<Record<string, Readonly<Record<string, unknown>>>>} table
 * @returns {readonly string[] | null} the packages on it, the first one repeated at the end
 */
export function findCycle(table) {
  /**
   * @param {readonly string[]} path
   * @returns {readonly string[] | null}
   */
  const search = path => {
    const last = path.at(-1) ?? ''
    const first = path.indexOf(last)
    if (first < path.length - 1) return path.slice(first)
    return Object.keys(table[last] ?? {}).reduce(
      (/** @type {readonly string[] | null} */ found, next) => found ?? search([...path, next]),
      null,
    )
  }
  return Object.keys(table).reduce(
    (/** @type {readonly string[] | null} */ found, start) => found ?? search([start]),
    null,
  )
}

/** @param {{ from: WorkspacePackage, file: SourceFile, specifier: string }} question */
function judgeRelative({ from, file, specifier }) {
  const leaves = relative(from.directory, resolve(dirname(file.path), specifier)).startsWith('..')
  return leaves ? 'another package is reached by its name, never by a relative path' : null
}

/** @param {string} name */
function allowedTo(name) {
  const allowed = Object.entries(arrows[name] ?? {}).map(([target, how]) =>
    how === 'type' ? `${target} (by type)` : target,
  )
  return `it may import ${allowed.length === 0 ? 'nothing of the workspace' : allowed.join(', ')}`
}
