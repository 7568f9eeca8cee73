import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KeyFiles } from './key-files.js'

const log = { info: () => undefined }

test('beyond a number of files further ones are not read, until others are no longer named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const last = join(folder, 'last')
  await writeFile(last, 'sk-1')
  const paths = ['a', 'b', 'c'].map(name => join(folder, name))
  const files = new KeyFiles({ forbidden: [], log, maxFiles: 3 })
  await files.follow(new Set([...paths, last]))
  expect(files.of(last)).toEqual({ found: false, reason: 'apiKeyFile: there are more than 3 key files' })
  await files.follow(new Set([...paths.slice(1), last]))
  expect(files.of(last)).toEqual({ found: true, key: 'sk-1' })
  await rm(folder, { recursive: true })
})

test('the keys of former files stay until those of new ones are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const [former, next] = [join(folder, 'former'), join(folder, 'next')]
  await writeFile(former, 'sk-1')
  await writeFile(next, 'sk-2')
  const files = new KeyFiles({ forbidden: [], log })
  await files.follow(new Set([former]))
  const following = files.follow(new Set([next]))
  expect(files.of(former)).toEqual({ found: true, key: 'sk-1' })
  await following
  expect(files.of(former).found).toBe(false)
  expect(files.of(next)).toEqual({ found: true, key: 'sk-2' })
  await rm(folder, { recursive: true })
})

// A thread's name is a file of Linux whose mark stays when it is written under another path.
test.runIf(process.platform === 'linux')(
  'a file that was no key is read again, even if nothing shows that it has changed',
  async () => {
    const [file, samePlace] = ['/proc/self/comm', `/proc/self/task/${process.pid}/comm`]
    const before = await readFile(file, 'utf8')
    await writeFile(samePlace, 'no key')
    const files = new KeyFiles({ forbidden: [], log, everyMs: 10 })
    await files.follow(new Set([file]))
    expect(files.of(file).found).toBe(false)
    let changeCount = 0
    files.start(() => changeCount++)
    await writeFile(samePlace, 'sk-1')
    await expect.poll(() => files.of(file)).toEqual({ found: true, key: 'sk-1' })
    await files.stop()
    expect(changeCount).toBe(1)
    await writeFile(samePlace, before)
  },
)
