import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newRevision } from '../src/store/statements/revision.js'

const here = dirname(fileURLToPath(import.meta.url))
let folder: string
let sample: string
let readme: string

beforeAll(async () => {
  folder = await mkdtemp(join(here, 'readme-sample-'))
  readme = await readFile(join(here, '..', 'README.md'), 'utf8')
  const [code, ...others] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1] ?? '')
  expect(others).toEqual([])
  sample = join(folder, 'sample.ts')
  await writeFile(sample, code ?? '')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.runIf(isThorough)('the sample of the README compiles under the strictest settings', async () => {
  const project = join(folder, 'tsconfig.json')
  await writeFile(project, JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
  const require = createRequire(import.meta.url)
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  // It ends with an error, and says which, when a sample does not compile.
  await promisify(execFile)(process.execPath, [compiler, '-p', project])
})

test('the sample of the README runs, and all that it asserts is so', async () => {
  await import(/* @vite-ignore */ pathToFileURL(sample).href)
})

test('a correction by hand makes its revision as the store does', () => {
  expect(readme).toContain(`update quota_subject set stamp = ${newRevision} where`)
})
