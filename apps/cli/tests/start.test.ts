import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { mainFile, makeFolder, runProgram } from './cli-process.js'

const cli = dirname(dirname(fileURLToPath(import.meta.url)))

/** The command in a separate workspace with this launcher, or without one. */
async function makeWorkspace(launcher: string | null) {
  const folder = await makeFolder()
  const place = join(folder.path, 'apps', 'cli')
  await mkdir(join(folder.path, 'scripts'))
  await cp(dirname(mainFile), join(place, 'dist'), { recursive: true })
  await cp(join(cli, 'package.json'), join(place, 'package.json'))
  await symlink(join(cli, 'node_modules'), join(place, 'node_modules'))
  if (launcher !== null) await writeFile(join(folder.path, 'scripts', 'start.mjs'), launcher)
  return { ...folder, main: join(place, 'dist', 'main.js') }
}

/** Serves until stopped, like both applications: with its own delay and exit code. */
const serving = `
  for (const name of ['SIGINT', 'SIGTERM'])
    process.on(name, () => {
      console.log('stopping for', name)
      setTimeout(() => process.exit(name === 'SIGINT' ? 0 : 7), 200)
    })
  setInterval(() => {}, 1_000)
  console.log('serving')
`

test.each([
  ['SIGINT', 0],
  ['SIGTERM', 7],
] as const)('start forwards %s to its child, and exits after it with its exit code', async (signal, code) => {
  await using workspace = await makeWorkspace(serving)
  await using started = await startProcess({
    args: [workspace.main, 'start'],
    cwd: workspace.path,
    readyWhen: /serving/,
  })
  expect(await started.kill(signal)).toEqual({ code, signal: null })
  // Once: a second one would count as a second interrupt.
  expect(started.output().match(/stopping for \w+/g)).toEqual([`stopping for ${signal}`])
})

test('start exits with the exit code of a failed launcher', async () => {
  await using workspace = await makeWorkspace(`console.error('The build failed'); process.exit(1)`)
  const { code, err } = await runProgram(process.execPath, [workspace.main, 'start'], {
    cwd: workspace.path,
    env: {},
  })
  expect([code, err]).toEqual([1, 'The build failed\n'])
})

test.each(['start', 'move'])('%s states that it needs a workspace if there is none', async command => {
  await using workspace = await makeWorkspace(null)
  const { code, out, err } = await runProgram(process.execPath, [workspace.main, command], {
    cwd: workspace.path,
    env: {},
  })
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(
    new RegExp(`^quotakeeper: ${command} needs the workspace.*run it in a clone of Quotakeeper\n$`),
  )
})
