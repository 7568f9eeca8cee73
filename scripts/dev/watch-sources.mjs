import { watch } from 'node:fs'

/** Debounce: editors write a file in several steps, and a branch switch changes many files. */
const quietMs = 150

/** @typedef {{ next(): Promise<void>, close(): void }} SourceWatch `next`: resolves at the first change since it last did */

/**
 * Watches folders recursively, except tests, which no application contains.
 *
 * @param {readonly string[]} directories
 * @returns {SourceWatch}
 */
export function watchSources(directories) {
  let isChanged = false
  let tell = () => undefined
  /** @type {NodeJS.Timeout | undefined} */
  let settling
  const watchers = directories.map(directory =>
    watch(directory, { recursive: true }, (_, name) => {
      if (name === null || /\.test\.\w+$/.test(name)) return
      clearTimeout(settling)
      settling = setTimeout(() => {
        isChanged = true
        tell()
      }, quietMs)
    }),
  )
  return {
    next: () =>
      new Promise(resolve => {
        tell = () => {
          if (!isChanged) return
          isChanged = false
          tell = () => undefined
          resolve()
        }
        tell()
      }),
    close: () => {
      clearTimeout(settling)
      for (const watcher of watchers) watcher.close()
    },
  }
}
