import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const defaultPatienceMs = 5_000
const pauseMs = 100

/**
 * Checks that a port is free. Waits briefly, since a previous run may be about to release it.
 *
 * @param {{ host: string, port: number, setting: string, patienceMs?: number }} wanted `setting`: the variable
 * of the port
 * @throws Error with the remedy if it is not free
 */
export async function requireFreePort({ host, port, setting, patienceMs = defaultPatienceMs }) {
  for (const deadlineMs = Date.now() + patienceMs; ; ) {
    const problem = await listenOnce(host, port)
    if (problem === null) return
    if (problem !== 'EADDRINUSE') throw new Error(`Cannot listen on port ${port} of ${host}: ${problem}`)
    if (Date.now() > deadlineMs) {
      throw new Error(
        `Port ${port} of ${host} is taken. Stop the program that listens there, or set another port by ${setting}.`,
      )
    }
    await wait(pauseMs)
  }
}

/** @param {string} host @param {number} port @returns {Promise<string | null>} the system's error code */
function listenOnce(host, port) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host, port }, () => server.close(() => resolve(null)))
  })
}
