import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../../', import.meta.url))
/** Beside the workers: below the workspace, so that TypeScript and the packages are found. */
const place = fileURLToPath(new URL('../dist/', import.meta.url))
const buildTimeoutMs = 240_000

/** This package as a commit has it. */
export interface OlderRelease extends AsyncDisposable {
  /** Of its built entry, for `import`. */
  readonly entryUrl: string
}

/**
 * Builds this package and quota-core from a commit of this repository, with the dependencies that are installed now.
 *
 * @throws Error where the commit is not here, as in a shallow clone: what it would prove goes untried
 */
export async function buildOlderRelease(commit: string): Promise<OlderRelease> {
  const archive = await archiveOf(commit)
  await mkdir(place, { recursive: true })
  const directory = await mkdtemp(join(place, 'older-'))
  const remove = () => rm(directory, { recursive: true, force: true })
  try {
    await writeFile(join(directory, 'older.tar'), archive)
    await run('tar', ['-xf', 'older.tar'], { cwd: directory })
    const packageOf = (name: string) => join(directory, 'packages', name)
    await linkDependencies(join(root, 'packages/quota-core'), packageOf('quota-core'))
    await linkDependencies(join(root, 'packages/db'), packageOf('db'), {
      '@quotakeeper/quota-core': packageOf('quota-core'),
    })
    for (const name of ['quota-core', 'db']) {
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      await run(process.execPath, [tsc, '-p', join(packageOf(name), 'tsconfig.build.json')], {
        timeout: buildTimeoutMs,
      })
    }
    return {
      entryUrl: new URL(`file://${join(packageOf('db'), 'dist/index.js')}`).href,
      [Symbol.asyncDispose]: remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function archiveOf(commit: string): Promise<Buffer> {
  try {
    const paths = ['tsconfig.base.json', 'packages/db', 'packages/quota-core']
    const options = { cwd: root, encoding: 'buffer', maxBuffer: 256 * 1_024 * 1_024 } as const
    const { stdout } = await run('git', ['archive', commit, '--', ...paths], options)
    return stdout
  } catch (cause) {
    throw new Error(
      `commit ${commit} is not in this clone: fetch the whole history (git fetch --unshallow)`,
      {
        cause,
      },
    )
  }
}

/** Gives a package the dependencies of another, but those that are told. */
async function linkDependencies(
  from: string,
  to: string,
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const name of await installedIn(from)) {
    const target = others[name] ?? join(from, 'node_modules', name)
    const path = join(to, 'node_modules', name)
    await mkdir(join(path, '..'), { recursive: true })
    await symlink(target, path)
  }
}

async function installedIn(directory: string): Promise<readonly string[]> {
  const modules = join(directory, 'node_modules')
  const names: string[] = []
  for (const entry of await readdir(modules)) {
    if (entry.startsWith('.')) continue
    if (!entry.startsWith('@')) names.push(entry)
    else for (const scoped of await readdir(join(modules, entry))) names.push(`${entry}/${scoped}`)
  }
  return names
}
