import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createApiDatabase, entryOf, freePort, startProcess } from '@quotakeeper/test-kit'
import { describe, expect, it } from 'vitest'
import { makeFolder, makeUsedFolder, startApiProcess } from './api-process.js'

// Each start takes a second, or several on a busy machine.
describe('the process, without any environment', () => {
  it('keeps usage over a restart and over a crash', async () => {
    await using folder = await makeUsedFolder()
    const providerName = 'groq_1'
    {
      await using api = await startApiProcess(folder)
      await api.client.usage.record.mutate({ providerName, characterCount: 1_000 })
      expect(await api.process.stop()).toEqual({ code: 0, signal: null })
    }
    {
      await using api = await startApiProcess(folder)
      const stats = await api.client.stats.get.query({ providerName })
      expect(stats).toMatchObject({ characterCount: 1_000, status: 'available' })
      expect(stats.remainingPercentage).toBe(13_400 / 14_400)
      await api.client.usage.record.mutate({ providerName, characterCount: 234 })
      await api.process.kill('SIGKILL')
    }
    await using api = await startApiProcess(folder)
    expect(await api.client.stats.get.query({ providerName })).toMatchObject({ characterCount: 1_234 })
  })

  it('answers and stores a call that is in flight when it is stopped', async () => {
    await using folder = await makeUsedFolder()
    await using api = await startApiProcess(folder)
    const body = JSON.stringify({ providerName: 'groq_1', characterCount: 5 })
    const call = request(`${api.origin}/trpc/usage.record`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        expect: '100-continue',
      },
    })
    const answered = once(call, 'response')
    call.flushHeaders()
    // The server has received the call's head, so it is in flight.
    await once(call, 'continue')
    process.kill(api.process.pid, 'SIGTERM')
    await api.process.waitForOutput(/"msg":"stopping"/)
    call.end(body)
    const [response]: IncomingMessage[] = await answered
    expect(response?.statusCode).toBe(200)
    expect(await api.process.exited).toEqual({ code: 0, signal: null })
    await using again = await startApiProcess(folder)
    expect(await again.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({
      characterCount: 5,
    })
  })

  it('ends as it should while one client never ends its request and another was refused before it had', async () => {
    await using folder = await makeFolder()
    await using database = await createApiDatabase()
    await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
    const begin = (bytes: number) => {
      const headers = { 'content-type': 'application/json', 'content-length': String(bytes) }
      const call = request(`${api.origin}/trpc/usage.record`, { method: 'POST', headers })
      call.on('error', () => undefined).write('{')
      return call
    }
    const [refused]: IncomingMessage[] = await once(begin(2_000_000), 'response')
    expect(refused?.statusCode).toBe(413)
    const stalled = new Promise(resolve => begin(10).once('close', resolve))
    await expect.poll(async () => (await fetch(`${api.origin}/healthz`)).status).toBe(200)
    expect(await api.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await stalled
    expect(api.process.output()).toContain('not all requests were answered within 5 s')
  })

  it('ends at once on a second signal', async () => {
    await using folder = await makeFolder()
    await using database = await createApiDatabase()
    await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
    const call = request(`${api.origin}/trpc/usage.record`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '10', expect: '100-continue' },
    })
    call.on('error', () => undefined)
    call.flushHeaders()
    await once(call, 'continue')
    process.kill(api.process.pid, 'SIGTERM')
    await api.process.waitForOutput(/"msg":"stopping"/)
    expect(await api.process.kill('SIGTERM')).toEqual({ code: 1, signal: null })
  })
})

describe('a start that fails', () => {
  /** The output of a start that ended with exit code 1. */
  async function failedStart(
    env: Readonly<Record<string, string>>,
    cwd: string,
    lineCount = 1,
  ): Promise<string> {
    const starting = startProcess({ args: [entryOf('api')], cwd, env, readyWhen: /listens on/ })
    const error: unknown = await starting.then(
      started => started[Symbol.asyncDispose]().then(() => 'it started'),
      reason => reason,
    )
    const [head, ...lines] = String(error).trim().split('\n')
    expect(head).toContain('ended (1)')
    // Only the lines themselves, and earlier log lines.
    const reported = lines.filter(line => !line.startsWith('{'))
    expect(reported).toHaveLength(lineCount)
    return reported.join('\n')
  }

  it.each([
    [
      'an address beyond loopback',
      { QUOTA_API_HOST: '0.0.0.0' },
      /set QUOTA_API_TOKEN and QUOTA_ADMIN_TOKEN/,
    ],
    ['an invalid port', { QUOTA_API_PORT: '99999' }, /QUOTA_API_PORT must be a port/],
    ['a missing file', { QUOTA_CONFIG: 'missing.yaml' }, /missing\.yaml cannot be read/],
    ['an invalid database URL', { QUOTA_DATABASE_URL: 'sqlite:x' }, /QUOTA_DATABASE_URL must be/],
  ])('prints why in one line and exits with 1: %s', async (_what, env, message) => {
    await using folder = await makeFolder()
    expect(await failedStart(env, folder.path)).toMatch(message)
  })

  it('states where its configuration is wrong', async () => {
    await using folder = await makeFolder()
    await writeFile(join(folder.path, 'quotakeeper.config.yaml'), 'providers:\n  - { nam: x }\n')
    // Without a name, without a vendor, and with an unknown setting: each on its line.
    const lines = await failedStart({}, folder.path, 3)
    expect(lines.match(/quotakeeper\.config\.yaml:2:/g)).toHaveLength(3)
  })

  it('states that its port is in use', async () => {
    await using folder = await makeFolder()
    await using database = await createApiDatabase()
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const address = occupant.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const env = { QUOTA_API_PORT: port, QUOTA_DATABASE_URL: database.url }
    expect(await failedStart(env, folder.path)).toMatch(`port ${port} of 127.0.0.1 is in use`)
    occupant.close()
  })

  it('states that another process uses its folder', async () => {
    await using folder = await makeUsedFolder()
    await using _owner = await startApiProcess(folder)
    expect(await failedStart({ QUOTA_API_PORT: '0' }, folder.path)).toMatch(/use|own|lock/)
  })
})

it('writes lines that people can read on a terminal, and JSON elsewhere', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const port = String(await freePort())
  const child = spawn('script', ['-qec', `${process.execPath} ${entryOf('api')}`, '/dev/null'], {
    cwd: folder.path,
    env: { ...process.env, QUOTA_API_PORT: port, QUOTA_DATABASE_URL: database.url },
  })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
  })
  await expect.poll(() => shown).toMatch(/^\d\d:\d\d:\d\d INFO {2}no configuration .*\r\n/m)
  expect(shown).not.toContain('{"level"')
  child.kill()
  await once(child, 'close')
  await database.drop()
})

describe('.env', () => {
  it('is read from the working directory, and the environment takes precedence', async () => {
    await using folder = await makeFolder()
    await using database = await createApiDatabase()
    await writeFile(join(folder.path, '.env'), 'QUOTA_API_TOKEN=from-file\nQUOTA_API_PORT=1\n')
    await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
    expect((await fetch(`${api.origin}/trpc/stats.all`)).status).toBe(401)
    const headers = { authorization: 'Bearer from-file' }
    expect((await fetch(`${api.origin}/trpc/stats.all`, { headers })).status).toBe(200)
  })

  it('makes a provider for a vendor whose key is added while running, without a configuration', async () => {
    await using folder = await makeFolder()
    await using database = await createApiDatabase()
    await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
    const names = async () => (await api.client.providers.list.query()).rows.map(({ name }) => name)
    expect(await names()).not.toContain('gemini_1')
    await writeFile(join(folder.path, '.env'), 'GEMINI_API_KEY=planted-gemini\nQUOTA_API_TOKEN=later\n')
    await expect.poll(names).toContain('gemini_1')
    await api.process.waitForOutput(/"variables":\["QUOTA_API_TOKEN"\].*applied at the next start/)
    expect(api.process.output()).not.toContain('planted-gemini')
  })
})
