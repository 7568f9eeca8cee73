import { startGuard } from './guard.mjs'
import { runApp } from './run-app.mjs'

/** @typedef {import('./run-app.mjs').App} App */
/** @typedef {import('./run-app.mjs').RunningApp} RunningApp */

/** The shells' exit code for a program ended by Ctrl-C. */
const killedExitCode = 130
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs applications that depend on each other: starts each when the previous one is ready, and stops them in
 * reverse order, so that an application can make its last calls. SIGINT, SIGTERM and SIGHUP stop all; a second
 * signal kills them.
 *
 * @param {{ apps: readonly App[], onReady: () => void, stopWhen?: Promise<void> }} plan `onReady`: called when
 * all are ready; `stopWhen`: stops them like a signal
 * @returns {Promise<number>} the exit code: 0 after a signal, 1 if one ended by itself or was never ready, 130
 * if killed
 */
export async function supervise({ apps, onReady, stopWhen }) {
  const guard = startGuard()
  /** @type {RunningApp[]} */
  const running = []
  let isStopping = false
  let isKilled = false
  /** @type {() => void} */
  let onSignal = () => undefined
  /** @type {Promise<number>} */
  const signalled = new Promise(resolve => {
    onSignal = () => {
      if (isStopping) {
        isKilled = true
        for (const app of running) app.kill()
      }
      isStopping = true
      resolve(0)
    }
    for (const signal of signals) process.on(signal, onSignal)
    stopWhen?.then(() => {
      if (!isStopping) onSignal()
    })
  })
  /** @param {RunningApp} app @returns {Promise<number>} */
  const deathOf = async app => {
    const ending = await app.exited
    if (!isStopping) process.stderr.write(`The ${app.name} ended unexpectedly (${ending}).\n`)
    return 1
  }
  /** @type {Promise<number>[]} */
  const endings = [signalled]
  const run = async () => {
    for (const app of apps) {
      if (isStopping) break
      const started = runApp(app)
      running.push(started)
      endings.push(deathOf(started))
      if (started.pid !== undefined) guard.watch(started.pid)
      const code = await Promise.race([...endings, started.untilReady().then(() => null)])
      if (code !== null) return code
    }
    if (!isStopping) onReady()
    return Promise.race(endings)
  }
  const code = await run().catch(error => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  })
  isStopping = true
  for (const app of running.toReversed()) await app.stop()
  guard.dismiss()
  for (const signal of signals) process.off(signal, onSignal)
  return isKilled ? killedExitCode : code
}
