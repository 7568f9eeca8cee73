import { pathToFileURL } from 'node:url'

/**
 * Runs instances of an application, whose module it loads once: `startInstance(environment, write)`.
 *
 * @typedef {{ readonly origin: string, stop(): Promise<void> }} Instance
 * @typedef {{ readonly id: number, readonly start?: Readonly<Record<string, string>> }} Order to start it, or to stop it
 */

const [, , moduleFile = ''] = process.argv
const { startInstance } = await import(pathToFileURL(moduleFile).href)
/** @type {Map<number, Promise<Instance>>} */
const instances = new Map()

/** @param {Order} order */
async function follow({ id, start }) {
  if (start === undefined) {
    const instance = await instances.get(id)
    instances.delete(id)
    await instance?.stop()
    return { id, stopped: true }
  }
  /** @param {string} line */
  const write = line => process.send?.({ id, line })
  const starting = startInstance(start, write)
  instances.set(id, starting)
  const { origin } = await starting
  return { id, origin }
}

process.on('message', (/** @type {Order} */ order) => {
  follow(order).then(
    answer => process.send?.(answer),
    error =>
      process.send?.({ id: order.id, failure: error instanceof Error ? error.message : String(error) }),
  )
})
// With the tests.
process.once('disconnect', () => process.exit())
