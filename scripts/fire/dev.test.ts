import { execFile } from 'node:child_process'
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createApiDatabase } from '../../packages/test-kit/src/application/api-database.js'
import { freePort } from '../../packages/test-kit/src/free-port.js'
import { startProcess } from '../../packages/test-kit/src/process/start-process.js'
import { requireFreePort } from '../start/require-free-port.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** What the package manager writes when it installs. */
const installation = join(root, 'node_modules', '.modules.yaml')
/** Folders that building and running may change. */
const made = ['node_modules', 'dist', '.turbo', '.quotakeeper']

/**
 * Copies the workspace, since the test edits it, and since builds would replace files used by processes of
 * other tests. Packages are copied; dependencies are shared.
 */
async function copyWorkspace() {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-dev-'))
  for (const name of [
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'turbo.json',
    'tsconfig.base.json',
  ])
    await cp(join(root, name), join(directory, name))
  // By the program: Node.js takes 4 s of a core for these 6,500 files.
  await promisify(execFile)('cp', [
    '-a',
    ...['apps', 'packages', 'scripts'].map(name => join(root, name)),
    directory,
  ])
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  // The package manager would find that these are those of another workspace, and install them anew, in which other tests'
  // processes miss files for a moment.
  const settings = join(directory, 'pnpm-workspace.yaml')
  const text = await readFile(settings, 'utf8')
  await writeFile(settings, text.replace('verifyDepsBeforeRun: install', 'verifyDepsBeforeRun: false'))
  // turbo needs a command of this name, which exists only if a package manager started the tests.
  const pnpm = join(directory, 'bin', 'pnpm')
  await mkdir(join(directory, 'bin'))
  await writeFile(pnpm, '#!/bin/sh\nexec npx -y pnpm@12.4.2 "$@"\n')
  await chmod(pnpm, 0o755)
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

/** Every file that is not built, with its modification time. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const lists = entries
    .filter(({ name }) => !made.includes(name))
    .map(async entry => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return filesIn(path)
      return [`${path} ${(await stat(path)).mtimeMs}`]
    })
  return (await Promise.all(lists)).flat().sort()
}

test('dev serves dashboard, API and gateway, applies edits, changes no files itself, and ends on Ctrl-C', async () => {
  await using workspace = await copyWorkspace()
  await using database = await createApiDatabase()
  const { directory } = workspace
  const ports = [await freePort(), await freePort(), await freePort()]
  const [apiPort = 0, gatewayPort = 0, pagePort = 0] = ports
  const before = await filesIn(directory)
  const { mtimeMs } = await stat(installation)
  await using dev = await startProcess({
    args: [join(directory, 'scripts', 'dev.mjs')],
    cwd: directory,
    env: {
      PATH: `${process.env['PATH']}:${join(directory, 'bin')}`,
      HOME: process.env['HOME'] ?? '',
      TURBO_CACHE_DIR: join(root, '.turbo', 'cache'),
      // Not the default, whose server would be installed and started twice.
      QUOTA_DATABASE_URL: database.url,
      QUOTA_API_PORT: String(apiPort),
      QUOTA_GATEWAY_PORT: String(gatewayPort),
      QUOTA_PAGE_PORT: String(pagePort),
    },
    readyWhen: /\[dev\] ready/,
  })
  const textOf = async (port: number, path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).text()

  // The dashboard from source, with the API behind it.
  expect(await textOf(pagePort, '/')).toContain('/src/main.tsx')
  expect(await textOf(pagePort, '/src/main.tsx')).toContain('createRoot')
  const throughPage: unknown = JSON.parse(await textOf(pagePort, '/trpc/stats.all'))
  expect(throughPage).toHaveProperty('result.data')
  expect(await textOf(apiPort, '/readyz')).toBe(await textOf(gatewayPort, '/readyz'))
  expect(await filesIn(directory)).toEqual(before)
  expect((await stat(installation)).mtimeMs).toBe(mtimeMs)

  // A unique text of the gateway.
  await appendFile(
    join(directory, 'apps', 'orchestrator', 'src', 'main.ts'),
    "\nconsole.log('edited meanwhile')\n",
  )
  await dev.waitForOutput(/edited meanwhile[\s\S]*\[dev\] ready/, 200_000)

  // After a compile error, running processes continue: in the smallest package, whose build fails first.
  await appendFile(
    join(directory, 'packages', 'server-kit', 'src', 'index.ts'),
    '\nconst broken: number = "text"\n',
  )
  await dev.waitForOutput(/TS2322/, 200_000)
  expect((await fetch(`http://127.0.0.1:${gatewayPort}/healthz`)).status).toBe(200)

  process.kill(-dev.pid, 'SIGINT')
  expect(await dev.exited).toEqual({ code: 0, signal: null })
  for (const port of ports) await requireFreePort({ host: '127.0.0.1', port, setting: 'PORT' })
}, 600_000)
