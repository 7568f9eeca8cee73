import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const files: string[] = []
let folder: string

/** Writes the README's TypeScript samples to files. */
beforeAll(async () => {
  folder = await mkdtemp(join(here, 'readme-samples-'))
  const text = await readFile(join(here, '..', 'README.md'), 'utf8')
  for (const [index, match] of [...text.matchAll(/```ts\n([\s\S]*?)```/g)].entries()) {
    const file = join(folder, `sample-${index + 1}.ts`)
    await writeFile(file, match[1] ?? '')
    files.push(file)
  }
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

it.runIf(isThorough)('the samples of the README compile under the strictest settings', async () => {
  expect(files).toHaveLength(2)
  const project = join(folder, 'tsconfig.json')
  await writeFile(project, JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
  const require = createRequire(import.meta.url)
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  // Fails with the compiler's errors if a sample does not compile.
  await promisify(execFile)(process.execPath, [compiler, '-p', project])
})

it('the first sample of the README runs, and its assertions hold', async () => {
  const [first = ''] = files
  await import(/* @vite-ignore */ pathToFileURL(first).href)
})
