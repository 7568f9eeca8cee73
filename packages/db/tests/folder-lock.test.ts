import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockFolder } from '../src/database/folder-lock.js'
import { bundledFolderLock } from './bundled-db.js'

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'qk-test-'))
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

/** Runs JavaScript that may lock FOLDER, until it says that it is done. */
async function lockElsewhere(folder: string, code: string, env = {}): Promise<RunningProcess> {
  const importing = `import { lockFolder } from '${await bundledFolderLock()}'`
  return startProcess({
    args: ['--input-type=module', '--eval', `${importing}\nconst folder = process.env.FOLDER\n${code}`],
    env: { FOLDER: folder, ...env },
    readyWhen: /done/,
  })
}

test('a folder never has two owners, however many try, fail, leave and die at once', async () => {
  const folder = join(scratch, 'contested')
  // Whoever has the lock enters a room that only one may be in: two would fail with EEXIST.
  const contend = `
    import { open, rm } from 'node:fs/promises'
    let owned = 0
    for (let tries = 0; tries < 40 && owned < 25; tries++) {
      try {
        const lock = await lockFolder(folder)
        const room = await open(folder + '/room', 'wx')
        await new Promise(resolve => setImmediate(resolve))
        await room.close()
        await rm(folder + '/room')
        await lock.release()
        owned++
      } catch (error) {
        if (error.code !== 'STORE_UNAVAILABLE') throw error
      }
    }
    console.log('done', owned)`
  const dieAsOwner = `
    for (let tries = 0; tries < 100; tries++) {
      await lockFolder(folder).then(() => { console.log('done'); process.kill(process.pid, 'SIGKILL') }, () => {})
    }`
  const contending = Array.from({ length: 4 }, () => lockElsewhere(folder, contend))
  const dying = Array.from({ length: 4 }, () => lockElsewhere(folder, dieAsOwner))
  const contenders = await Promise.all(contending)
  await Promise.all(dying)
  const owned = contenders.map(({ output }) => Number(/done (\d+)/.exec(output())?.[1]))
  expect(owned.reduce((sum, count) => sum + count)).toBeGreaterThan(25)
  for (const { exited } of contenders) expect(await exited).toEqual({ code: 0, signal: null })
  const after = await lockElsewhere(folder, "await lockFolder(folder); console.log('done')")
  expect(await after.exited).toEqual({ code: 0, signal: null })
})

const inUse = { name: 'QuotaError', code: 'STORE_UNAVAILABLE' }
const holdOn = "await lockFolder(folder); console.log('done'); setInterval(() => {}, 60_000)"

test('a path too long for sockets is locked all the same, whatever TMPDIR is', async () => {
  const folder = join(scratch, 'ä'.repeat(60), 'x'.repeat(60))
  const elsewhere = join(scratch, 'temporary')
  await mkdir(elsewhere)
  await using owner = await lockElsewhere(folder, holdOn, { TMPDIR: elsewhere })
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse)
  expect(await readdir(elsewhere)).toEqual([])
  await owner.kill('SIGKILL')
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse)
  await lock.release()
  expect(await readdir(folder)).toEqual([])
})

test('an owner that is paused is still the owner', async () => {
  const folder = join(scratch, 'paused')
  await using owner = await lockElsewhere(folder, holdOn)
  process.kill(owner.pid, 'SIGSTOP')
  await expect(lockFolder(folder)).rejects.toMatchObject(inUse)
})

test('a folder that cannot be had is an error that names it', async () => {
  await writeFile(join(scratch, 'a-file'), '')
  const locking = lockFolder(join(scratch, 'a-file', 'data'))
  await expect(locking).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
  await expect(locking).rejects.toThrow(/a-file\/data cannot be used.*ENOTDIR/)
})

test('a lock does not keep its process from ending, and what is left of it holds nobody', async () => {
  const folder = join(scratch, 'ended')
  for (let round = 0; round < 3; round++) {
    await using owner = await lockElsewhere(folder, "await lockFolder(folder); console.log('done')")
    expect(await owner.exited).toEqual({ code: 0, signal: null })
  }
  expect((await readdir(folder)).length).toBeLessThanOrEqual(1)
})
