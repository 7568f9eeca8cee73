import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

/** A temporary folder for a TypeScript project, which can import from its parent folder. */
async function makeProject(around: string) {
  const folder = await mkdtemp(join(around, 'quotakeeper-types-'))
  return {
    folder,
    /** The compiler's output for the project; `''` without errors. */
    compile: async (tsconfig: object): Promise<string> => {
      const file = join(folder, 'tsconfig.json')
      await writeFile(file, JSON.stringify(tsconfig))
      return new Promise(resolve => {
        execFile(process.execPath, [compiler, '-p', file], (error, stdout, stderr) =>
          resolve(error === null ? '' : `${stdout}${stderr}`),
        )
      })
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What the router answers, and the application that reads it. */
const renames = [
  ['orchestrator', 'router/routed-provider.ts', /\bstreamUsage\b/g, /routing-table\.ts.*streamUsage/],
  ['dashboard', 'router/ledger-row.ts', /\brequestId\b/g, /ledger-table\.tsx.*requestId/],
  ['cli', 'router/ledger-row.ts', /\boccurredAt\b/g, /usage-tables\.ts.*occurredAt/],
] as const

describe('what the router renames', () => {
  let complaints = ''

  // All of them at once: each compilation takes 4 s of a core.
  beforeAll(async () => {
    await using project = await makeProject(join(root, 'node_modules'))
    const api = join(project.folder, 'api')
    await cp(join(root, 'apps/api/src'), join(api, 'src'), { recursive: true })
    await symlink(join(root, 'apps/api/node_modules'), join(api, 'node_modules'))
    await cp(join(root, 'apps/api/package.json'), join(api, 'package.json'))
    for (const [app, file, name] of renames) {
      const source = join(api, 'src', file)
      await writeFile(source, (await readFile(source, 'utf8')).replaceAll(name, `renamedFor${app}`))
    }
    complaints = await project.compile({
      // The one that has a page knows what the others know as well.
      extends: join(root, 'apps/dashboard/tsconfig.json'),
      compilerOptions: { types: ['node'], paths: { '@quotakeeper/api': [join(api, 'src/index.ts')] } },
      include: renames.map(([app]) => join(root, 'apps', app, 'src')),
    })
  })

  test.each(renames)('the %s compiles no more', (_app, _file, _name, complaint) => {
    expect(complaints).toMatch(complaint)
  })
})

const consumer = `
import type { AppRouter } from '@quotakeeper/api'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'

type IsAny<T> = 0 extends 1 & T ? true : false
/** The paths of what is \`any\` in a type, to a depth. */
type AnyIn<T, Path extends string = '', Depth extends 0[] = []> =
  IsAny<T> extends true ? Path
  : Depth['length'] extends 6 ? never
  : T extends readonly (infer Element)[] ? AnyIn<Element, \`\${Path}[]\`, [...Depth, 0]>
  : T extends object ? { [Key in keyof T & string]: AnyIn<T[Key], \`\${Path}.\${Key}\`, [...Depth, 0]> }[keyof T & string]
  : never

export const inputs: AnyIn<inferRouterInputs<AppRouter>>[] = []
export const outputs: AnyIn<inferRouterOutputs<AppRouter>>[] = []
export const isEmpty: [typeof inputs, typeof outputs] extends [never[], never[]] ? true : [typeof inputs, typeof outputs] = true
export type Wrong = inferRouterOutputs<AppRouter>['requests']['get']['attempts'][number]
// @ts-expect-error: no such field, which any would hide
export const wrong: Wrong['nothing'] = undefined
`

test('the router’s types need only quota-core, tRPC and zod, and none is any', async () => {
  await using project = await makeProject(tmpdir())
  const modules = join(project.folder, 'node_modules')
  const scope = join(modules, '@quotakeeper')
  await mkdir(join(scope, 'api'), { recursive: true })
  await mkdir(join(modules, '@trpc'))
  await cp(join(root, 'apps/api/dist'), join(scope, 'api/dist'), { recursive: true })
  await cp(join(root, 'apps/api/package.json'), join(scope, 'api/package.json'))
  await symlink(join(root, 'packages/quota-core'), join(scope, 'quota-core'))
  await symlink(join(root, 'apps/api/node_modules/@trpc/server'), join(modules, '@trpc/server'))
  await symlink(join(root, 'apps/api/node_modules/zod'), join(modules, 'zod'))
  await writeFile(join(project.folder, 'consumer.ts'), consumer)
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    target: 'ES2023',
    module: 'NodeNext',
    types: [],
  }
  expect(await project.compile({ compilerOptions, files: ['consumer.ts'] })).toBe('')
})
