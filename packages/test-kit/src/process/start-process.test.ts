import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from '../free-port.js'
import { startProcess } from './start-process.js'

const packageDirectory = new URL('../..', import.meta.url).pathname

const listenAndReport =
  "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('port', server.address().port))"

/** Runs JavaScript in a Node.js process. */
function script(code: string): readonly string[] {
  return ['--input-type=module', '--eval', code]
}

test('a process is ready when its output matches, and sees only the given environment and PATH', async () => {
  process.env['LEAKED'] = 'secret'
  await using child = await startProcess({
    args: script(`console.log(JSON.stringify(process.env), 'ready'); setInterval(() => {}, 1000)`),
    env: { GIVEN: 'value' },
    readyWhen: /^(.*) ready/,
  })
  const [, environment = ''] = await child.waitForOutput(/^(.*) ready/)
  expect(JSON.parse(environment)).toEqual({ GIVEN: 'value', PATH: process.env['PATH'] })
  delete process.env['LEAKED']
})

test('a process is ready when its URL answers 2xx, not when it answers 503', async () => {
  const port = await freePort()
  const code = `
    import { createServer } from 'node:http'
    let asked = 0
    createServer((request, response) => {
      asked += 1
      response.writeHead(asked < 3 ? 503 : 200).end()
      console.log('asked', asked)
    }).listen(${port}, '127.0.0.1')`
  await using child = await startProcess({
    args: script(code),
    readyWhen: new URL(`http://127.0.0.1:${port}/readyz`),
  })
  await child.waitForOutput(/asked 3/)
})

test('a process that ends before it is ready fails the start with its output', async () => {
  const start = startProcess({
    args: script(`console.error('no such setting'); process.exit(3)`),
    readyWhen: /ready/,
  })
  await expect(start).rejects.toThrow(/ended \(3\) before it was ready.*no such setting/s)
})

test('a process that is never ready fails the start at its timeout and is killed', async () => {
  const start = startProcess({ args: ['--eval', listenAndReport], readyWhen: /ready/, readyTimeoutMs: 1_000 })
  const failure = await start.catch((error: unknown) => error)
  const [, port] = /port (\d+)/.exec(String(failure)) ?? []
  expect(await isListening(Number(port))).toBe(false)
})

test('a command that does not exist fails the start', async () => {
  await expect(startProcess({ command: '/no/such/command', args: [], readyWhen: /ready/ })).rejects.toThrow(
    /ENOENT/,
  )
})

test('stop sends SIGTERM and returns the exit code', async () => {
  const code = `process.on('SIGTERM', () => { console.log('bye'); process.exit(7) }); setInterval(() => {}, 1000); console.log('ready')`
  await using child = await startProcess({ args: script(code), readyWhen: /ready/ })
  expect(await child.stop()).toEqual({ code: 7, signal: null })
  expect(child.output()).toMatch(/bye/)
})

test('a process that ignores SIGTERM fails the stop and is killed', async () => {
  const code = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')`
  await using child = await startProcess({ args: script(code), readyWhen: /ready/ })
  await expect(child.stop(100)).rejects.toThrow(/did not end within 100 ms of SIGTERM/)
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

test('kill crashes the process, and disposal ends its child processes', async () => {
  const code = `
    import { spawn } from 'node:child_process'
    spawn(process.execPath, ['--eval', ${JSON.stringify(listenAndReport)}], { stdio: 'inherit' })
    setInterval(() => {}, 1000)`
  let port = 0
  {
    await using child = await startProcess({ args: script(code), readyWhen: /port \d+/ })
    port = Number((await child.waitForOutput(/port (\d+)/))[1])
    expect(await child.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await isListening(port)).toBe(true)
  }
  await expect.poll(() => isListening(port)).toBe(false)
})

test('processes and PostgreSQL end with a killed test runner', async () => {
  const code = `
    import { runnerImport } from 'vite'
    const load = async name => (await runnerImport(${JSON.stringify(packageDirectory)} + name)).module
    const { startPostgres } = await load('src/postgres/start-postgres.ts')
    const { startProcess } = await load('src/process/start-process.ts')
    const server = await startPostgres()
    const child = await startProcess({ args: ['--eval', ${JSON.stringify(listenAndReport)}], readyWhen: /port/ })
    console.log('ports', /port (\\d+)/.exec(child.output())[1], new URL(server.url).port, 'ready')`
  await using runner = await startProcess({ args: script(code), cwd: packageDirectory, readyWhen: /ready/ })
  const ports = (await runner.waitForOutput(/ports (\d+) (\d+)/)).slice(1).map(Number)
  const areListening = (): Promise<boolean[]> => Promise.all(ports.map(isListening))
  expect(await areListening()).toEqual([true, true])
  await runner.kill('SIGKILL')
  await expect.poll(areListening).toEqual([false, false])
})

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
