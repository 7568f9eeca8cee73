import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../packages/test-kit/src/free-port.js'
import { type RunningProcess, startProcess } from '../../packages/test-kit/src/process/start-process.js'
import { readAddresses } from './app-addresses.mjs'
import { requireFreePort } from './require-free-port.mjs'

const supervise = fileURLToPath(new URL('supervise.mjs', import.meta.url))

/** An application that prints its events: `one up`, `one down`. */
const obedient = `
  import { createServer } from 'node:http'
  const [name, port] = [process.env.NAME, process.env.PORT]
  createServer((_, response) => response.end()).listen(port, '127.0.0.1', () => console.log(name, 'up', process.pid))
  process.on('SIGINT', () => console.log(name, 'was interrupted'))
  process.on('SIGTERM', () => { console.log(name, 'down'); process.exit(0) })`
const stubborn = obedient.replace(
  /process\.on\('SIGTERM'.*/,
  `process.on('SIGTERM', () => console.log(name, 'stays'))`,
)
/** Starts more slowly than the timeout, and reports progress. */
const slow = obedient.replace(
  'createServer((',
  'for (let tells = 0; tells < 12; tells++) {\n' +
    '  await new Promise(resolve => setTimeout(resolve, 500))\n' +
    "  process.send({ starting: 'moving' })\n}\ncreateServer((",
)
const broken = `console.log('no database'); process.exit(3)`

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'supervise-'))
  for (const [name, code] of Object.entries({ obedient, slow, stubborn, broken })) {
    await writeFile(join(directory, `${name}.mjs`), code)
  }
})
afterAll(() => rm(directory, { recursive: true }))

/** Supervises two applications, called one and two. */
async function superviseTwo(
  kinds: readonly ['obedient' | 'broken' | 'slow', 'obedient' | 'stubborn'],
  readyWhen: RegExp,
): Promise<{ readonly supervisor: RunningProcess; readonly ports: readonly number[] }> {
  const ports = [await freePort(), await freePort()]
  const apps = kinds.map((kind, index) => ({
    name: index === 0 ? 'one' : 'two',
    entry: join(directory, `${kind}.mjs`),
    directory,
    environment: { NAME: index === 0 ? 'one' : 'two', PORT: String(ports[index]) },
    readyUrl: `http://127.0.0.1:${ports[index]}/readyz`,
    ...(kind === 'slow' ? { readyTimeoutMs: 5_000 } : {}),
  }))
  const code = `
    import { supervise } from ${JSON.stringify(supervise)}
    const apps = ${JSON.stringify(apps)}
    const code = await supervise({ apps, onReady: () => console.log('all ready') })
    process.exit(code)`
  const supervisor = await startProcess({ args: ['--input-type=module', '--eval', code], readyWhen })
  return { supervisor, ports }
}

test('the second starts when the first is ready; SIGTERM stops them in reverse order', async () => {
  const { supervisor } = await superviseTwo(['obedient', 'obedient'], /all ready/)
  await using _ = supervisor
  expect(await supervisor.stop()).toEqual({ code: 0, signal: null })
  expect(supervisor.output().replace(/ \d+\n/g, '\n')).toBe('one up\ntwo up\nall ready\ntwo down\none down\n')
})

test('a start beyond the timeout continues while it reports progress', async () => {
  const { supervisor } = await superviseTwo(['slow', 'obedient'], /all ready/)
  expect(await supervisor.stop()).toEqual({ code: 0, signal: null })
})

test('Ctrl-C, which a terminal sends to the whole process group, also stops in order', async () => {
  const { supervisor } = await superviseTwo(['obedient', 'obedient'], /all ready/)
  await using _ = supervisor
  process.kill(-supervisor.pid, 'SIGINT')
  expect(await supervisor.exited).toEqual({ code: 0, signal: null })
  expect(supervisor.output()).toMatch(/two down\n.*one down/s)
  expect(supervisor.output()).not.toMatch(/interrupted/)
})

test('when one dies the other is stopped, and the run fails', async () => {
  const { supervisor } = await superviseTwo(['obedient', 'obedient'], /all ready/)
  await using _ = supervisor
  const [, pid] = await supervisor.waitForOutput(/one up (\d+)/)
  process.kill(Number(pid), 'SIGKILL')
  expect(await supervisor.exited).toEqual({ code: 1, signal: null })
  expect(supervisor.output()).toMatch(/The one ended unexpectedly \(SIGKILL\)\./)
  expect(supervisor.output()).toMatch(/two down/)
})

test('if the first cannot start, the second never does, and the run fails', async () => {
  const { supervisor } = await superviseTwo(['broken', 'obedient'], /no database/)
  await using _ = supervisor
  expect(await supervisor.exited).toEqual({ code: 1, signal: null })
  expect(supervisor.output()).toMatch(/The one ended unexpectedly \(exit code 3\)\./)
  expect(supervisor.output()).not.toMatch(/two up/)
})

test('a second Ctrl-C kills applications that do not stop', async () => {
  const { supervisor } = await superviseTwo(['obedient', 'stubborn'], /all ready/)
  await using _ = supervisor
  process.kill(supervisor.pid, 'SIGINT')
  await supervisor.waitForOutput(/two stays/)
  process.kill(supervisor.pid, 'SIGINT')
  expect(await supervisor.exited).toEqual({ code: 130, signal: null })
})

test('a killed supervisor leaves no processes: the ports are free again', async () => {
  const { supervisor, ports } = await superviseTwo(['obedient', 'obedient'], /all ready/)
  await using _ = supervisor
  await supervisor.kill('SIGKILL')
  for (const port of ports) await requireFreePort({ host: '127.0.0.1', port, setting: 'PORT' })
})

test('a port in use is an error with the setting', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const wanted = { host: '127.0.0.1', port, setting: 'QUOTA_API_PORT', patienceMs: 200 }
  await expect(requireFreePort(wanted)).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is taken. Stop the program that listens there, or set another port by QUOTA_API_PORT.`,
  )
  server.close()
})

test('addresses are read from the environment, then .env, then the defaults', async () => {
  const envFile = join(directory, '.env')
  await writeFile(envFile, '\uFEFFQUOTA_API_PORT=5000\nQUOTA_GATEWAY_HOST=0.0.0.0\n')
  expect(readAddresses({ environment: { QUOTA_GATEWAY_PORT: '5100' }, envFile })).toEqual({
    api: { host: '127.0.0.1', port: 5000, origin: 'http://127.0.0.1:5000' },
    gateway: { host: '0.0.0.0', port: 5100, origin: 'http://127.0.0.1:5100' },
    apiUrl: 'http://127.0.0.1:5000',
  })
  expect(
    readAddresses({ environment: { QUOTA_API_URL: 'http://api:4000' }, envFile: '/no/such/file' }),
  ).toMatchObject({ api: { port: 4000 }, apiUrl: 'http://api:4000' })
  expect(() => readAddresses({ environment: { QUOTA_API_PORT: 'http' }, envFile })).toThrow(/QUOTA_API_PORT/)
})
