import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

/**
 * A package of the workspace.
 *
 * @typedef {{
 *   readonly name: string
 *   readonly directory: string
 *   readonly manifest: PackageManifest
 *   readonly files: readonly SourceFile[]
 * }} WorkspacePackage `name` without the scope, `directory` absolute
 *
 * @typedef {{ readonly path: string, readonly isTest: boolean }} SourceFile `path` absolute
 *
 * @typedef {{
 *   readonly name?: string
 *   readonly exports?: Readonly<Record<string, unknown>>
 *   readonly dependencies?: Readonly<Record<string, string>>
 *   readonly devDependencies?: Readonly<Record<string, string>>
 *   readonly peerDependencies?: Readonly<Record<string, string>>
 * }} PackageManifest
 */

const notSource = ['node_modules', 'dist', 'coverage', 'migrations']

/**
 * Reads every package below `packages/` and `apps/`. A package is called what its folder is called.
 *
 * @param {string} root
 * @returns {WorkspacePackage[]}
 */
export function readWorkspace(root) {
  return ['packages', 'apps']
    .map(group => join(root, group))
    .filter(group => existsSync(group))
    .flatMap(group => readdirSync(group).map(name => join(group, name)))
    .filter(directory => existsSync(join(directory, 'package.json')))
    .map(directory => ({
      name: basename(directory),
      directory,
      manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')),
      files: sourceFiles(directory).map(path => ({ path, isTest: isTest(relative(directory, path)) })),
    }))
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return notSource.includes(entry.name) ? [] : sourceFiles(path)
    return /\.[mc]?[jt]sx?$/.test(entry.name) ? [path] : []
  })
}

/** @param {string} path inside of its package */
function isTest(path) {
  return (
    /^(tests|fire)\//.test(path) || /\.test\.[mc]?[jt]sx?$/.test(path) || /\.config\.[mc]?[jt]s$/.test(path)
  )
}
