import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'

/**
 * Runs the built command again and again in one process, which has loaded its modules once: `main.js` alone is evaluated
 * anew for each. One at a time, since arguments, environment and folder are the process's own.
 *
 * @typedef {{ readonly args: readonly string[], readonly cwd: string, readonly env: Readonly<Record<string, string>>, readonly input?: string }} Order
 * @typedef {{ readonly code: number, readonly out: string, readonly err: string }} Result
 */

const [, , mainFile = ''] = process.argv
const ownListeners = {
  signals: new Map(['SIGINT', 'SIGTERM'].map(name => [name, process.listeners(name)])),
  streams: [process.stdout, process.stderr].map(stream => [stream, stream.listeners('error')]),
}
let runs = 0

/**
 * @param {Order} order
 * @returns {Promise<Result>}
 */
async function run({ args, cwd, env, input = '' }) {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.chdir(cwd)
  process.argv = [process.execPath, mainFile, ...args]
  process.exitCode = undefined
  Object.defineProperty(process, 'stdin', {
    value: Readable.from([Buffer.from(input)], { objectMode: false }),
    configurable: true,
  })
  const out = collect(process.stdout)
  const err = collect(process.stderr)
  try {
    await import(`${pathToFileURL(mainFile)}?${++runs}`)
    return { code: Number(process.exitCode ?? 0), out: out.text(), err: err.text() }
  } finally {
    out.end()
    err.end()
    process.exitCode = undefined
    for (const [name, listeners] of ownListeners.signals) removeOthers(process, name, listeners)
    for (const [stream, listeners] of ownListeners.streams) removeOthers(stream, 'error', listeners)
  }
}

/** Keeps what is written to a stream, which takes it at once. */
function collect(stream) {
  const { write } = stream
  const chunks = []
  stream.write = (chunk, encodingOrDone, done = encodingOrDone) => {
    chunks.push(Buffer.from(chunk))
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    end: () => {
      stream.write = write
    },
  }
}

function removeOthers(emitter, name, kept) {
  for (const listener of emitter.listeners(name)) if (!kept.includes(listener)) emitter.off(name, listener)
}

// With the tests.
process.once('disconnect', () => process.exit())
while (process.connected) {
  const [order] = await once(process, 'message')
  process.send?.(await run(order))
}
