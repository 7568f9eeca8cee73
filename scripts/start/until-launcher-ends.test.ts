import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startProcess } from '../../packages/test-kit/src/process/start-process.js'

const source = fileURLToPath(new URL('until-launcher-ends.mjs', import.meta.url))

/** Runs a process named `title`, which runs through a shell one that waits for its launcher's end. */
function launcher(title: string): readonly string[] {
  const waiting = `
    import { untilLauncherEnds } from ${JSON.stringify(source)}
    untilLauncherEnds().then(() => { console.log('the launcher has ended'); process.exit() })
    console.log('waiting')
    setInterval(() => {}, 1000)`
  const launching = `
    process.title = ${JSON.stringify(title)}
    const { spawn } = await import('node:child_process')
    const command = '"$0" --input-type=module --eval "$1"; true'
    spawn('sh', ['-c', command, process.execPath, ${JSON.stringify(waiting)}], { stdio: 'inherit' })
    setInterval(() => {}, 1000)`
  return ['--input-type=module', '--eval', launching]
}

test.skipIf(process.platform !== 'linux')(
  'the end of the package manager is detected, even by SIGKILL',
  async () => {
    await using npx = await startProcess({ args: launcher('npm exec pnpm start'), readyWhen: /waiting/ })
    await npx.kill('SIGKILL')
    await npx.waitForOutput(/the launcher has ended/)
  },
)

test('the end of another parent is ignored', async () => {
  await using shell = await startProcess({ args: launcher('my-supervisor'), readyWhen: /waiting/ })
  await shell.kill('SIGKILL')
  await expect(shell.waitForOutput(/the launcher has ended/, 1_500)).rejects.toThrow(/was not printed/)
})
