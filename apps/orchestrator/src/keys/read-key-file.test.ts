import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readKeyFile } from './read-key-file.js'

const sealing = 'e'.repeat(64)

test.each([
  sealing,
  sealing.toUpperCase(),
  `${sealing},${'f'.repeat(64)}`,
  `QUOTA_SEALING_KEY=${sealing}`,
  'test',
])('a file with a secret of Quotakeeper is no key, alone or beside others: %s', async content => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const file = join(folder, 'key')
  await writeFile(file, content)
  const read = await readKeyFile(file, [sealing, 'test'])
  expect(read).toEqual({ found: false, reason: expect.stringContaining('holds a secret of Quotakeeper') })
  await rm(folder, { recursive: true })
})

test('a key that contains a short secret by chance is used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-keys-'))
  const file = join(folder, 'key')
  await writeFile(file, 'sk-test-1\n')
  expect(await readKeyFile(file, ['test'])).toEqual({ found: true, key: 'sk-test-1' })
  await rm(folder, { recursive: true })
})
