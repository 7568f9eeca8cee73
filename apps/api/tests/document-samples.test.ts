import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentSamples } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfigFile } from '../src/config/read-config-file.js'

const samples = await documentSamples(['yaml'])

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quotakeeper-samples-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('documents have samples of the configuration', () => {
  expect(samples.length).toBeGreaterThanOrEqual(8)
})

test.each(samples.map(sample => [`${sample.document}:${sample.line}`, sample] as const))(
  'the configuration at %s is valid',
  async (_place, { text }) => {
    const file = join(folder, 'quotakeeper.config.yaml')
    await writeFile(file, text)
    expect(() => readConfigFile(file)).not.toThrow()
  },
)
