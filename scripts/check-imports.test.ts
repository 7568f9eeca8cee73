import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { checkWorkspace } from './imports/check-workspace.mjs'

const run = promisify(execFile)
const script = fileURLToPath(new URL('check-imports.mjs', import.meta.url))

type Files = Readonly<Record<string, string>>

/** Does something with a workspace of these files and a manifest for each package. */
async function inWorkspace<Result>(
  files: Files,
  work: (root: string) => Result | Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'check-imports-'))
  try {
    const packages = ['quota-core', 'vendors', 'db', 'server-kit', 'test-kit'].map(name => `packages/${name}`)
    const apps = ['api', 'orchestrator'].map(name => `apps/${name}`)
    const manifests = [...packages, ...apps].map(directory => [
      `${directory}/package.json`,
      JSON.stringify({ name: `@quotakeeper/${directory.split('/')[1]}`, exports: { '.': './src/index.ts' } }),
    ])
    for (const [path = '', content = ''] of [...manifests, ...Object.entries(files)]) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    }
    return await work(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

/** The violations that the check finds. */
const check = (files: Files): Promise<readonly string[]> =>
  inWorkspace(files, root => checkWorkspace(root).violations)

test('the command prints every violation and exits with 1, or with 0 without any', async () => {
  const command = (code: string) =>
    inWorkspace({ 'packages/db/src/a.ts': code }, root => run(process.execPath, [script, root]))
  expect((await command('export {}')).stdout).toBe('import directions: 1 files, 0 violations\n')
  await expect(
    command(`import '@quotakeeper/api'\nimport '@quotakeeper/orchestrator'`),
  ).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^packages\/db\/src\/a\.ts:1: .* must not import api.*\npackages\/db\/src\/a\.ts:2: .* must not import orchestrator.*\n$/,
    ),
  })
})

test('a workspace that follows the directions passes', async () => {
  const result = await check({
    'packages/db/src/index.ts': `import { decide } from '@quotakeeper/quota-core'\nimport './schema.js'\n`,
    'packages/db/tests/store.test.ts': `import { startPostgres } from '@quotakeeper/test-kit'\n`,
    'packages/quota-core/src/hash.ts': `import assert from 'node:assert/strict'\nnew Date(0)\n`,
    'apps/orchestrator/src/client.ts': `import type { AppRouter } from '@quotakeeper/api'\n`,
    'apps/api/src/main.ts': `start(process.env)\n`,
  })
  expect(result).toEqual([])
})

test.each([
  ['packages/quota-core/src/a.ts', `import { x } from '@quotakeeper/db'`, /quota-core must not import db/],
  ['packages/vendors/src/a.ts', `export * from '@quotakeeper/db'`, /vendors must not import db/],
  ['packages/server-kit/src/a.ts', `import { x } from '@quotakeeper/db'`, /server-kit must not import db/],
  ['apps/orchestrator/src/a.ts', `import { x } from '@quotakeeper/db'`, /orchestrator must not import db/],
  ['packages/db/src/a.ts', `const api = await import('@quotakeeper/api')`, /db must not import api/],
  ['apps/orchestrator/src/a.ts', `import { x } from '@quotakeeper/api'`, /may import api by type only/],
  ['apps/orchestrator/src/a.ts', `import { type X } from '@quotakeeper/api'`, /may import api by type only/],
  [
    'apps/orchestrator/src/a.ts',
    `export type A = 1; export * from '@quotakeeper/api'`,
    /may import api by type only/,
  ],
  ['apps/api/src/a.ts', `import '@quotakeeper/test-kit'`, /only tests may import @quotakeeper\/test-kit/],
  ['apps/api/src/a.ts', `import { x } from '../../../packages/db/src/x.js'`, /never by a relative path/],
  ['apps/api/src/a.ts', `import { x } from '@quotakeeper/db/src/x.js'`, /does not export/],
  ['apps/api/src/a.ts', `import { x } from '@quotakeeper/gone'`, /there is no package/],
  ['packages/quota-core/src/a.ts', `const now = Date.now()`, /reads the clock/],
  ['packages/quota-core/src/a.ts', `const now = new Date()`, /reads the clock/],
  ['packages/quota-core/src/a.ts', `const id = \`\${Math.random()}\``, /is random/],
  [
    'packages/quota-core/src/a.ts',
    `import { readFile } from 'node:fs/promises'`,
    /does I\/O \(node:fs\/promises\)/,
  ],
  [
    'packages/quota-core/src/a.ts',
    `import { createHash } from 'node:crypto'`,
    /does I\/O \(node:crypto\): of Node.js only assert is pure/,
  ],
  ['packages/quota-core/src/main.ts', `const level = process.env.LEVEL`, /reads the process/],
  ['apps/api/src/a.ts', `const { LEVEL } = process.env`, /only env.ts and main.ts may/],
  ['apps/api/src/a.ts', `import { env } from 'node:process'`, /only env.ts and main.ts may/],
])('in %s, `%s` is reported with its line and rule', async (path, code, rule) => {
  const violations = await check({ [path]: `// The violation is on line 2.\n${code}\n` })
  expect(violations).toEqual([expect.stringMatching(rule)])
  expect(violations[0]?.startsWith(`${path}:2: `)).toBe(true)
})

test.each([
  `// import { x } from '@quotakeeper/db'`,
  `/** The clock: \`Date.now\` in an application. */`,
  `const text = "import { x } from '@quotakeeper/db'"`,
  `const text = \`import { x } from "@quotakeeper/db"; \${a({ b: \`}\` })} Math.random()\``,
  `const pattern = /Date.now()'/; const rest = "Math.random()"`,
  `const half = a / b; const say = 'process.env'; const third = a / b`,
])('text that is not code breaks no rule: %s', async code => {
  expect(await check({ 'packages/quota-core/src/a.ts': code })).toEqual([])
})

test('every package and app may import quota-core', async () => {
  const code = `import { countCodePoints } from '@quotakeeper/quota-core'\n`
  const result = await check({
    'packages/vendors/src/a.ts': code,
    'packages/server-kit/src/a.ts': code,
    'apps/api/src/a.ts': code,
    'apps/orchestrator/src/a.ts': code,
  })
  expect(result).toEqual([])
})

test('a manifest must not depend on packages that its code must not import', async () => {
  const manifest = (fields: object): string =>
    JSON.stringify({ name: '@quotakeeper/orchestrator', ...fields })
  const dependency = { '@quotakeeper/api': 'workspace:*' }
  const path = 'apps/orchestrator/package.json'
  const code = { 'apps/orchestrator/src/index.ts': '' }
  expect(await check({ ...code, [path]: manifest({ devDependencies: dependency }) })).toEqual([])
  expect(await check({ ...code, [path]: manifest({ dependencies: dependency }) })).toEqual([
    expect.stringMatching(/must not depend on @quotakeeper\/api at run time/),
  ])
})

test('a package without directions, and a workspace without files, fail the check', async () => {
  const added = await check({ 'apps/new/package.json': '{}', 'apps/new/src/index.ts': '' })
  expect(added).toEqual([expect.stringMatching(/new has no directions yet/)])
  expect(await check({})).toEqual([expect.stringMatching(/there is nothing to check/)])
})

test('a cycle in the table of directions is reported', async () => {
  const { findCycle } = await import('./imports/check-directions.mjs')
  expect(findCycle({ a: { b: 'value' }, b: { c: 'type' }, c: { b: 'value' } })).toEqual(['b', 'c', 'b'])
  expect(findCycle({ a: { b: 'value', c: 'value' }, b: { c: 'value' }, c: {} })).toBeNull()
})

test('import cycles between files are reported, including type imports', async () => {
  const result = await check({
    'packages/db/src/a.ts': `import type { C } from './rooms/b.js'\nimport './d.js'\n`,
    'packages/db/src/rooms/b.ts': `export { C } from '../c.js'\n`,
    'packages/db/src/c.ts': `import { a } from './a.js'\n`,
    'packages/db/src/d.ts': `import type { C } from './c.js'\n`,
  })
  expect(result.join('\n')).toMatch(/files import each other in a circle: .*a\.ts → .*a\.ts/)
})

test('files with common imports are not a cycle', async () => {
  const result = await check({
    'packages/db/src/a.ts': `import './b.js'\nimport './c.js'\n`,
    'packages/db/src/b.ts': `import './d.js'\n`,
    'packages/db/src/c.ts': `import './d.js'\nimport './b.js'\n`,
  })
  expect(result).toEqual([])
})
