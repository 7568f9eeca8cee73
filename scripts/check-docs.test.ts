import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { checkDocuments } from './docs/check-documents.mjs'

const run = promisify(execFile)
const script = fileURLToPath(new URL('check-docs.mjs', import.meta.url))

/** Does something with a project that has this README. */
async function inProject<Result>(
  readme: string,
  work: (root: string) => Result | Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'check-docs-'))
  const files = {
    'package.json': JSON.stringify({
      packageManager: 'pnpm@12.4.2',
      scripts: { start: '', 'check:docs': '' },
    }),
    'apps/api/src/main.ts': '',
    'apps/api/src/one.ts': 'counted',
    'apps/api/src/two.ts': 'counted, too',
    'apps/api/src/two.test.ts': 'counted',
    'docs/guide.md': '# Guide\n\n## How it decides: exactly\n',
    'README.md': readme,
  }
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    }
    return await work(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

const faultsOf = (readme: string): Promise<readonly string[]> =>
  inProject(readme, async root => (await checkDocuments(root)).faults)

test('the command prints every fault and exits with 1, or with 0 without any', async () => {
  const command = (readme: string) => inProject(readme, root => run(process.execPath, [script, root]))
  expect((await command('# Title\n')).stdout).toBe('documents: 2 files, 0 faults\n')
  await expect(command('[a](docs/a.md)\n[b](docs/b.md)\n')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^README\.md:1: links to docs\/a\.md.*\nREADME\.md:2: links to docs\/b\.md.*\n$/,
    ),
  })
})

test('existing files, built files, globs, headings and scripts pass, and names that are not paths', async () => {
  const readme = `# Title
[guide](docs/guide.md#how-it-decides-exactly), [up](#title), [web](https://example.org/x)
\`apps/api/src/main.ts\`, \`apps/api/dist/main.js\`, \`apps/*\`, \`docs/\`, \`requests/day\`, \`packages/<name>/src\`
\`pnpm start\` \`npx -y pnpm@12.4.2 run check:docs\` \`pnpm install\`
\`\`\`sh
node apps/api/dist/main.js
pnpm --silent start
\`\`\`
`
  expect(await faultsOf(readme)).toEqual([])
})

test.each([
  ['[gone](docs/gone.md)', 'links to docs/gone.md, which does not exist'],
  ['[gone](docs/guide.md#elsewhere)', 'links to docs/guide.md#elsewhere, but there is no such heading'],
  ['`apps/api/src/gone.ts`', 'names apps/api/src/gone.ts, which does not exist'],
  ['`packages/gone/*`', 'names packages/gone/*, which does not exist'],
  ['```\nnode apps/api/dist/gone.js\n```', 'names apps/api/dist/gone.js, which does not exist'],
  ['`pnpm launch`', 'names the command "pnpm launch", which package.json does not have'],
  ['```\nnpx -y pnpm@11.0.0 start\n```', 'names pnpm@11.0.0, but the project uses pnpm@12.4.2'],
])('%s is a fault', async (text, fault) => {
  const faults = await faultsOf(`# Title\n\n${text}\n`)
  expect(faults).toEqual([expect.stringMatching(/^README\.md:[34]: /)])
  expect(faults[0]).toContain(fault)
})

test('a list of files that match a text is complete', async () => {
  const list = (...paths: readonly string[]): string =>
    `# Title\n\n<!-- every file in apps/api/src that matches /count(ed)/ -->\n| file | why |\n|---|---|\n${paths
      .map(path => `| \`${path}\` | x |`)
      .join('\n')}\n\nMore.\n`
  expect(await faultsOf(list('apps/api/src/one.ts', 'apps/api/src/two.ts'))).toEqual([])
  expect(await faultsOf(list('apps/api/src/one.ts'))).toEqual([
    'README.md:3: the list lacks apps/api/src/two.ts, which matches /count(ed)/',
  ])
  const more = ['apps/api/src/one.ts', 'apps/api/src/two.ts', 'apps/api/src/main.ts']
  expect(await faultsOf(list(...more))).toEqual([
    'README.md:3: the list names apps/api/src/main.ts, which does not match /count(ed)/',
  ])
  expect(await faultsOf('<!-- every file in apps/none that matches /counted/ -->')).toEqual([
    'README.md:1: no file in apps/none matches /counted/',
  ])
})
