import { existsSync, readFileSync } from 'node:fs'

const pauseMs = 500
const mostAncestors = 10

/**
 * Resolves when one of the package managers that run this script has ended (`npx` runs pnpm, which runs this).
 * They end by a signal without forwarding it, and ending one means to end `pnpm start`. Never resolves if
 * something else started this process: a shell may end and leave it running on purpose.
 *
 * @returns {Promise<void>}
 */
export function untilLauncherEnds() {
  const line = launchersOf(process.pid)
  return new Promise(resolve => {
    if (line.length === 0) return
    const watch = setInterval(() => {
      // An orphan gets another parent at once, even if zombies are not collected.
      const isWhole = line.every(({ pid, parent }) => parentOf(pid) === parent)
      if (isWhole) return
      clearInterval(watch)
      resolve()
    }, pauseMs)
    watch.unref()
  })
}

/**
 * The ancestors of a process up to its topmost package manager, including shells in between.
 *
 * @param {number} pid
 * @returns {{ readonly pid: number, readonly parent: number }[]} empty if there is none, and without /proc
 */
function launchersOf(pid) {
  const line = []
  let length = 0
  for (let child = pid; line.length < mostAncestors; ) {
    const parent = parentOf(child)
    const command = parent === null ? null : read(`/proc/${parent}/cmdline`)
    if (parent === null || command === null) break
    const words = command.split('\0').join(' ')
    const isManager = /(?:^|[/ ])(?:npm|npx|pnpm|pn)(?:\.[cm]?js)?(?: |$)/.test(words)
    const isShell = /^\S*\b(?:sh|bash|dash) -c /.test(words)
    if (!isManager && !isShell) break
    line.push({ pid: child, parent })
    if (isManager) length = line.length
    child = parent
  }
  return line.slice(0, length)
}

/** @param {number} pid @returns {number | null} null if the process has ended */
function parentOf(pid) {
  // `pid (name) state parent …`; the name may contain anything.
  const parent = /^.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`) ?? '')?.[1]
  return parent === undefined ? null : Number(parent)
}

/** @param {string} path */
function read(path) {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  } catch {
    // It ended meanwhile.
    return null
  }
}
