import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfigFile } from '../src/config/read-config-file.js'

interface Sample {
  readonly document: string
  readonly line: number
  readonly language: string
  readonly text: string
  readonly reason: string | null
}

// By its address, without types: the check of documents is written in JavaScript.
const samplesModule = new URL('../../../scripts/docs/read-samples.mjs', import.meta.url).href
const { readSamples }: { readSamples(root: string): readonly Sample[] } = await import(samplesModule)

const root = fileURLToPath(new URL('../../../', import.meta.url))
const samples = readSamples(root).filter(({ language, reason }) => language === 'yaml' && reason === null)

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
