import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { type RunningInstance, startInstance } from '@quotakeeper/test-kit'
import { parse as parseJson } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { type Fixture, makeFolder, startFixture } from './cli-process.js'
import type { Ended } from './warm-command.js'

const token = 'a-token-of-thirty-two-characters-or-more'
const models = ['claude-haiku-4-5', 'claude-sonnet-5', 'text-embedding-3-small', 'llama-3.3-70b']
const config = `
providers:
  - { name: local_1, vendor: custom, baseUrl: "http://127.0.0.1:9/v1", models: ${JSON.stringify(models)} }
routing: { aliases: { fast: [llama-3.3-70b] } }
`

let fixture: Fixture
let open: RunningInstance
let locked: RunningInstance
beforeAll(async () => {
  fixture = await startFixture({ QUOTA_LOG_LEVEL: 'fatal' }, { 'quotakeeper.config.yaml': config })
  open = await startGateway({})
  locked = await startGateway({ QUOTA_GATEWAY_TOKEN: token })
})
afterAll(async () => {
  await open?.stop()
  await locked?.stop()
  await fixture?.[Symbol.asyncDispose]()
})

function startGateway(env: Readonly<Record<string, string>>): Promise<RunningInstance> {
  return startInstance('orchestrator', {
    environment: { QUOTA_API_URL: fixture.origin, QUOTA_LOG_LEVEL: 'fatal', ...env },
  })
}

/** Runs `connect` in a home of its own. */
function connect(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const gateway = env['QUOTA_GATEWAY_TOKEN'] === undefined ? open : locked
  return fixture.run(['connect', ...args, '--gateway-url', gateway.origin], { HOME: home, ...env })
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

test('without a client it lists those that are known, and needs no gateway', async () => {
  const { code, out, err } = await fixture.run(['connect', '--gateway-url', 'http://127.0.0.1:9'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  for (const name of [
    'codex',
    'claude-code',
    'opencode',
    'aider',
    'continue',
    'cline',
    'zed',
    'openwebui',
    'openai',
  ])
    expect(out).toMatch(new RegExp(`^${name} `, 'm'))
})

test('a dry run shows the file and what is in it, and writes nothing', async () => {
  await using home = await makeFolder()
  const { code, out, err } = await connect(home.path, ['codex', '--model', 'fast'])
  expect(code).toBe(0)
  expect(out).toContain(`Codex calls ${open.origin}/v1/responses with fast.`)
  expect(out).toContain(`${join(home.path, '.codex', 'config.toml')}: would be made`)
  expect(out).toContain('  + model = "fast"')
  expect(err).toContain('Nothing was written: add --write.')
  expect(await readdir(home.path)).toEqual([])
})

test('Codex: an existing file is kept in a copy and merged, and a second run changes nothing', async () => {
  await using home = await makeFolder()
  const path = join(home.path, '.codex', 'config.toml')
  const before = '# mine\nmodel = "gpt-5.5"\n\n[mcp_servers.notes]\ncommand = "notes"\n'
  await put(path, before)
  await chmod(path, 0o640)
  const shown = await connect(home.path, ['codex', '--model', 'fast'])
  expect(shown.out).toContain(`${path}: would change`)
  expect(shown.out).toContain(
    '  - model = "gpt-5.5"\n  + model_provider = "quotakeeper"\n  + model = "fast"\n',
  )
  expect(await readFile(path, 'utf8')).toBe(before)

  const written = await connect(home.path, ['codex', '--model', 'fast', '--write'])
  expect(written.code).toBe(0)
  const text = await readFile(path, 'utf8')
  expect(text).toContain('# mine')
  expect(parseToml(text)).toEqual({
    model: 'fast',
    model_provider: 'quotakeeper',
    mcp_servers: { notes: { command: 'notes' } },
    model_providers: {
      quotakeeper: { name: 'Quotakeeper', base_url: `${open.origin}/v1`, wire_api: 'responses' },
    },
  })
  expect((await stat(path)).mode & 0o777).toBe(0o640)
  const files = await readdir(dirname(path))
  const [backup] = files.filter(file => /^config\.toml\.bak-\d{8}T\d{9}Z$/.test(file))
  expect(files).toHaveLength(2)
  expect(await readFile(join(dirname(path), String(backup)), 'utf8')).toBe(before)

  const again = await connect(home.path, ['codex', '--model', 'fast', '--write'])
  expect(again.out).toContain(`${path}: set up already`)
  expect(await readdir(dirname(path))).toHaveLength(2)
})

test('a gateway that needs a token is recognised, and the token is not written to any file', async () => {
  await using home = await makeFolder()
  const env = { QUOTA_GATEWAY_TOKEN: token }
  const clients = ['codex', 'claude-code', 'opencode', 'aider', 'continue', 'zed']
  const set = (client: string) => connect(home.path, [client, '--model', 'fast', '--write'], env)
  for (const { code, out, err } of await Promise.all(clients.map(set))) {
    expect([code, err]).toEqual([0, ''])
    expect(out).not.toContain(token)
  }
  const read = (...path: readonly string[]) => readFile(join(home.path, ...path), 'utf8')
  const texts = await Promise.all([
    read('.codex', 'config.toml'),
    read('.claude', 'settings.json'),
    read('.config', 'opencode', 'opencode.json'),
    read('.aider.conf.yml'),
    read('.continue', 'config.yaml'),
    read('.config', 'zed', 'settings.json'),
  ])
  for (const text of texts) expect(text).not.toContain(token)
  const [codex, claude, opencode, aider, continueDev] = texts
  expect(codex).toContain('env_key = "QUOTA_GATEWAY_TOKEN"')
  expect(JSON.parse(String(claude)).env).not.toHaveProperty('ANTHROPIC_AUTH_TOKEN')
  expect(opencode).toContain('"apiKey": "{env:QUOTA_GATEWAY_TOKEN}"')
  expect(aider).not.toContain('api-key')
  expect(continueDev).toContain(`\${{ secrets.QUOTA_GATEWAY_TOKEN }}`)

  // Where the gateway needs none any more, Codex is not left waiting for the variable.
  await connect(home.path, ['codex', '--model', 'fast', '--write'])
  expect(await read('.codex', 'config.toml')).not.toContain('env_key')
})

test('a token that is missing or wrong is named with the variable', async () => {
  await using home = await makeFolder()
  const ask = (env: Readonly<Record<string, string>>) =>
    fixture.run(['connect', 'codex', '--gateway-url', locked.origin], { HOME: home.path, ...env })
  expect(await ask({})).toMatchObject({
    code: 1,
    err: expect.stringMatching(/needs a token: set QUOTA_GATEWAY_TOKEN/),
  })
  const wrong = await ask({ QUOTA_GATEWAY_TOKEN: 'wrong' })
  expect(wrong).toMatchObject({
    code: 1,
    err: expect.stringMatching(/refuses the token of QUOTA_GATEWAY_TOKEN/),
  })
})

test('Claude Code: each tier has a model that is served, and secrets of the file are masked when shown', async () => {
  await using home = await makeFolder()
  const path = join(home.path, '.claude', 'settings.json')
  await put(
    path,
    '{\n  "model": "opus",\n  "env": {\n    "ANTHROPIC_AUTH_TOKEN": "sk-mine",\n    "EDITOR": "vi"\n  }\n}\n',
  )
  const { out } = await connect(home.path, ['claude-code'])
  expect(out).toContain('  -     "ANTHROPIC_AUTH_TOKEN": "…",')
  expect(out).not.toContain('sk-mine')
  await connect(home.path, ['claude-code', '--write'])
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    model: 'opus',
    env: {
      EDITOR: 'vi',
      ANTHROPIC_AUTH_TOKEN: 'unused',
      ANTHROPIC_BASE_URL: open.origin,
      ANTHROPIC_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-5',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
      CLAUDE_CODE_SUBAGENT_MODEL: 'claude-haiku-4-5',
    },
  })
})

test('opencode: every model that is served and chats is offered; a file with comments is preferred and kept', async () => {
  await using home = await makeFolder()
  const path = join(home.path, '.config', 'opencode', 'opencode.jsonc')
  await put(path, '{\n  // mine\n  "autoupdate": false,\n}\n')
  await connect(home.path, ['opencode', '--write'])
  const text = await readFile(path, 'utf8')
  expect(text).toContain('// mine')
  const options = { baseURL: `${open.origin}/v1`, apiKey: 'unused' }
  expect(parseJson(text, [], { allowTrailingComma: true })).toMatchObject({
    autoupdate: false,
    model: 'quotakeeper/fast',
    provider: { quotakeeper: { npm: '@ai-sdk/openai-compatible', options } },
  })
  expect(Object.keys(parseJson(text, [], { allowTrailingComma: true }).provider.quotakeeper.models)).toEqual([
    'fast',
    'claude-haiku-4-5',
    'claude-sonnet-5',
    'llama-3.3-70b',
  ])
})

test('opencode: a file in the form of version 2 is kept in it', async () => {
  await using home = await makeFolder()
  const path = join(home.path, '.config', 'opencode', 'opencode.json')
  await put(path, '{ "providers": { "mine": { "name": "Mine" } } }\n')
  await connect(home.path, ['opencode', '--model', 'fast', '--write'])
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    $schema: 'https://opencode.ai/config.json',
    model: 'quotakeeper/fast',
    providers: {
      mine: { name: 'Mine' },
      quotakeeper: {
        name: 'Quotakeeper',
        package: 'aisdk:@ai-sdk/openai-compatible',
        settings: { baseURL: `${open.origin}/v1`, apiKey: 'unused' },
        models: { fast: { name: 'fast' } },
      },
    },
  })
})

test('aider and Continue: YAML with comments is merged', async () => {
  await using home = await makeFolder()
  await put(join(home.path, '.aider.conf.yml'), '# mine\ndark-mode: true\nmodel: gpt-4o # for now\n')
  await put(
    join(home.path, '.continue', 'config.yaml'),
    'name: Work\nversion: 0.0.1\nschema: v1\nmodels:\n  - name: Local # here\n    provider: ollama\n    model: qwen3\n',
  )
  await connect(home.path, ['aider', '--model', 'fast', '--write'])
  await connect(home.path, ['continue', '--model', 'fast', '--write'])
  const aider = await readFile(join(home.path, '.aider.conf.yml'), 'utf8')
  expect(aider).toMatch(/^# mine\ndark-mode: true\n/)
  expect(parseYaml(aider)).toEqual({
    'dark-mode': true,
    model: 'openai/fast',
    'openai-api-base': `${open.origin}/v1`,
    'openai-api-key': 'unused',
  })
  const text = await readFile(join(home.path, '.continue', 'config.yaml'), 'utf8')
  expect(text).toContain('- name: Local # here')
  expect(parseYaml(text).models[1]).toEqual({
    name: 'fast (Quotakeeper)',
    provider: 'openai',
    model: 'fast',
    apiBase: `${open.origin}/v1`,
    apiKey: 'unused',
  })
})

test('Zed: a link stays a link, and the file behind it is written', async () => {
  await using home = await makeFolder()
  const real = join(home.path, 'dotfiles', 'zed.json')
  await put(real, '// Zed settings\n{\n  "theme": "One Dark",\n}\n')
  const path = join(home.path, '.config', 'zed', 'settings.json')
  await mkdir(dirname(path), { recursive: true })
  await symlink(real, path)
  const { out } = await connect(home.path, ['zed', '--model', 'fast', '--write'])
  expect(out).toContain('export QUOTAKEEPER_API_KEY=unused')
  expect((await readdir(dirname(path), { withFileTypes: true })).some(entry => entry.isSymbolicLink())).toBe(
    true,
  )
  const text = await readFile(real, 'utf8')
  expect(text).toContain('// Zed settings')
  expect(
    parseJson(text, [], { allowTrailingComma: true }).language_models.openai_compatible.quotakeeper,
  ).toEqual({
    api_url: `${open.origin}/v1`,
    available_models: [{ name: 'fast', max_tokens: 128_000 }],
  })
})

test('clients without a file get variables and steps, and say so when they are to be written', async () => {
  await using home = await makeFolder()
  const openai = await connect(home.path, ['openai'], { QUOTA_GATEWAY_TOKEN: token })
  expect(openai.out).toContain(`export OPENAI_BASE_URL=${locked.origin}/v1`)
  expect(openai.out).toContain('export OPENAI_API_KEY="$QUOTA_GATEWAY_TOKEN"')
  expect((await connect(home.path, ['openwebui'])).out).toContain(
    `export OPENAI_API_BASE_URLS=${open.origin}/v1`,
  )
  const cline = await connect(home.path, ['cline', '--model', 'fast'])
  expect(cline.out).toContain(`cline auth -p openai -b ${open.origin}/v1 -k unused -m fast`)
  const written = await connect(home.path, ['cline', '--write'])
  expect(written).toMatchObject({ code: 2, err: expect.stringMatching(/no file that could be written: run/) })
})

test('--json answers everything, and no secret', async () => {
  await using home = await makeFolder()
  const { out } = await connect(home.path, ['codex', '--model', 'fast', '--json'], {
    QUOTA_GATEWAY_TOKEN: token,
  })
  expect(JSON.parse(out)).toMatchObject({
    client: 'codex',
    gatewayUrl: locked.origin,
    models: ['fast'],
    needsToken: true,
    isWritten: false,
    variables: [{ name: 'QUOTA_GATEWAY_TOKEN', value: null }],
    files: [{ path: join(home.path, '.codex', 'config.toml'), isNew: true, backup: null }],
  })
  expect(out).not.toContain(token)
})

test('faults are one line with a remedy, and leave the file as it was', async () => {
  await using home = await makeFolder()
  const path = join(home.path, '.codex', 'config.toml')
  await put(path, 'model = "gpt\n')
  const broken = await connect(home.path, ['codex', '--write'])
  expect(broken.code).toBe(1)
  expect(broken.err).toMatch(
    /config\.toml cannot be changed: 1:\d+: .*; correct it, or move it away and try again\n$/,
  )
  expect(await readdir(dirname(path))).toEqual(['config.toml'])

  const unknown = await connect(home.path, ['emacs'])
  expect(unknown).toMatchObject({
    code: 2,
    err: expect.stringMatching(/unknown client "emacs": one of codex, /),
  })
  const away = await fixture.run(['connect', 'codex', '--gateway-url', 'http://127.0.0.1:9'], {
    HOME: home.path,
  })
  expect(away).toMatchObject({
    code: 3,
    err: expect.stringMatching(/gateway does not answer at http:\/\/127\.0\.0\.1:9/),
  })
  const unlisted = await connect(home.path, ['openai', '--model', 'local_1/else'])
  expect(unlisted).toMatchObject({ code: 0, err: expect.stringContaining('does not list local_1/else') })
  expect(unlisted.err.trim().split('\n')).toHaveLength(1)
  const secret = await fixture.run(['connect', 'codex', '--gateway-url', 'http://a:s3cret@127.0.0.1:9'], {
    HOME: home.path,
  })
  expect(secret).toMatchObject({ code: 2, err: expect.stringMatching(/must not hold a password/) })
})

test('another server in the place of the gateway is said to be one', async () => {
  await using home = await makeFolder()
  const server = createServer((_, response) => response.end('hello'))
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  const url = `http://127.0.0.1:${address.port}`
  const { code, err } = await fixture.run(['connect', 'codex', '--gateway-url', url], { HOME: home.path })
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/answers 200 and no list of models: is it the gateway\?/),
  ])
  await new Promise(resolve => server.close(resolve))
})
