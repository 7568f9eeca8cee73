import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** Describes the machine of a measurement. */
export function describeMachine() {
  const cores = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  return `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${gibibytes} GiB, Node ${process.version}`
}

/** The version of a dependency. @param {string} name */
export function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}
