import { access, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startProcess } from '../process/start-process.js'
import { hasRoom } from './files-in-memory.js'

/** Built before the tests run. */
const built = fileURLToPath(new URL('../../dist/files/files-in-memory.js', import.meta.url))

/** A process that puts its files in memory, says where they are, and goes on. */
function putElsewhere(then: string, env = {}) {
  const code = `
    import { tmpdir } from 'node:os'
    const { default: putFilesInMemory } = await import(${JSON.stringify(built)})
    const remove = await putFilesInMemory()
    console.log('files in <' + tmpdir() + '>')
    ${then}`
  return startProcess({ args: ['--input-type=module', '--eval', code], env, readyWhen: /files in <.*>/ })
}

const isGone = (path: string): Promise<boolean> =>
  access(path).then(
    () => false,
    () => true,
  )

test.runIf(await hasRoom())(
  'temporary files are in memory where there is room, and go with the run, even if it is killed',
  async () => {
    await using ended = await putElsewhere('await remove()')
    await using killed = await putElsewhere('setInterval(() => {}, 60_000)')
    const [first = '', second = ''] = [ended, killed].map(({ output }) => /<(.*)>/.exec(output())?.[1])
    expect(await ended.exited).toEqual({ code: 0, signal: null })
    expect(first).toMatch(/^\/dev\/shm\/qk-/)
    expect(await isGone(first)).toBe(true)
    await writeFile(join(second, 'left'), '')
    await killed.kill('SIGKILL')
    await expect.poll(() => isGone(second)).toBe(true)
  },
)

test('a folder that TMPDIR names stays in use', async () => {
  await using chosen = await putElsewhere('await remove()', { TMPDIR: tmpdir() })
  expect(chosen.output()).toContain(`<${tmpdir()}>`)
  expect(await chosen.exited).toEqual({ code: 0, signal: null })
  expect(await isGone(tmpdir())).toBe(false)
})
