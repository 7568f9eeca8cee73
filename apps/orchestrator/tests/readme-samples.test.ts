import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isThorough } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const readmes = ['../../api/README.md', '../README.md']

test.runIf(isThorough)(
  'the TypeScript samples of API and gateway compile under the strictest settings',
  async () => {
    // Here, where the clients are installed that they use.
    const folder = await mkdtemp(join(here, 'readme-samples-'))
    try {
      let count = 0
      for (const readme of readmes) {
        const text = await readFile(join(here, readme), 'utf8')
        for (const [, sample = ''] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
          count += 1
          await writeFile(join(folder, `sample-${count}.ts`), sample)
        }
      }
      expect(count).toBe(2)
      const project = join(folder, 'tsconfig.json')
      await writeFile(project, JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
      const require = createRequire(import.meta.url)
      const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
      // Its errors are on standard output.
      const failure = await promisify(execFile)(process.execPath, [compiler, '-p', project]).then(
        () => null,
        (error: { readonly stdout: string }) => error.stdout,
      )
      expect(failure).toBeNull()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
