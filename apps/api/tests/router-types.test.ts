import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
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
        execFile(process.execPath, [compiler, '-p', file], { cwd: root }, (error, stdout, stderr) =>
          resolve(error === null ? '' : `${stdout}${stderr}`),
        )
      })
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What the router answers, and the file of an application that reads it. */
const renames = [
  ['orchestrator', 'src/routing/routing-table.ts', 'streamUsage'],
  ['dashboard', 'src/parts/ledger-table.tsx', 'requestId'],
  ['cli', 'src/commands/usage-tables.ts', 'occurredAt'],
] as const

describe('what the router renames', () => {
  let complaints = ''

  // From the built types, and only the files that read the names: whole applications from source take 20 s of a core, this 2.
  beforeAll(async () => {
    await using project = await makeProject(join(root, 'node_modules'))
    const api = join(project.folder, 'api')
    await cp(join(root, 'apps/api/dist'), join(api, 'dist'), {
      recursive: true,
      filter: source => extname(source) === '' || source.endsWith('.d.ts'),
    })
    await symlink(join(root, 'apps/api/node_modules'), join(api, 'node_modules'))
    await cp(join(root, 'apps/api/package.json'), join(api, 'package.json'))
    const router = join(api, 'dist/router')
    for (const file of await readdir(router))
      await writeFile(join(router, file), renamed(await readFile(join(router, file), 'utf8')))
    complaints = await project.compile({
      // The one that has a page knows what the others know as well.
      extends: join(root, 'apps/dashboard/tsconfig.json'),
      compilerOptions: {
        types: ['node'],
        customConditions: [],
        paths: { '@quotakeeper/api': [join(api, 'dist/index.d.ts')] },
      },
      files: renames.map(([app, file]) => join(root, 'apps', app, file)),
      include: [],
    })
  })

  test.each(renames)('the %s compiles no more', (app, file, name) => {
    expect(complaints).toMatch(new RegExp(`apps/${app}/${file}.*'${name}'`))
  })
})

function renamed(types: string): string {
  return renames.reduce(
    (text, [app, , name]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `renamedFor${app}`),
    types,
  )
}

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
