import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type DocumentSample,
  documentSamples,
  freePort,
  isThorough,
  startInstance,
  startVendorStandIn,
} from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mainFile, makeFolder, startFixture } from './cli-process.js'

const samples = await documentSamples(['sh', 'console'])
const all = [...new Set(samples.map(({ document }) => document))]
const documents = isThorough ? all : all.filter(document => document === 'README.md')

const started: AsyncDisposable[] = []
afterAll(async () => {
  for (const part of started.toReversed()) await part[Symbol.asyncDispose]()
})

function keep<Part extends AsyncDisposable>(part: Part): Part {
  started.push(part)
  return part
}

let run: (
  script: string,
  document: string,
) => Promise<{ readonly code: number | null; readonly output: string }>

/** One server for all documents, as `start` runs it, with a vendor that answers whatever the key. */
beforeAll(async () => {
  const vendor = keep(await startVendorStandIn())
  const port = String(await freePort())
  const fixture = keep(await startFixture({ QUOTA_GATEWAY_PORT: port, QUOTA_API_PROVIDER_PLACES: 'true' }))
  const folder = keep(await makeFolder())
  const vendors = ['GROQ', 'GEMINI', 'OPENAI', 'OPENROUTER', 'MISTRAL', 'HUGGINGFACE']
  keep(
    await startInstance('orchestrator', {
      environment: {
        ...{ QUOTA_API_URL: fixture.origin, QUOTA_GATEWAY_PORT: port, QUOTA_SEALING_KEY: 'd'.repeat(64) },
        ...{ GROQ_API_KEY: 'gsk_one', LOCAL_KEY: 'local' },
        ...Object.fromEntries(vendors.map(name => [`${name}_BASE_URL`, vendor.baseUrl])),
      },
    }),
  )
  await vi.waitFor(
    async () => {
      const entered = await (await fetch(`${fixture.origin}/api/v1/keys/entered`)).text()
      if (!entered.includes('"isOn":true')) throw new Error(entered)
    },
    { timeout: 120_000 },
  )
  const shims = join(folder.path, 'bin')
  const home = join(folder.path, 'home')
  for (const path of [shims, home]) await mkdir(path)
  const command = (name: string, text: string) =>
    writeFile(join(shims, name), `#!/bin/bash\n${text}\n`).then(() => chmod(join(shims, name), 0o755))
  // Beside no .env, which a document may make. A person types a key where the script has no input.
  const start = `cd "${home}" && exec "${process.execPath}" "${mainFile}" "$@"`
  const typing = `if [ "$(readlink /proc/self/fd/0)" = /dev/null ]; then printf gsk_typed | ( ${start} ); else ${start}; fi`
  await command('quotakeeper', typing)
  await command('qk', typing)
  await command(
    'npx',
    'while [ "$1" != qk ]; do shift || exit 9; [ $# -gt 0 ] || exit 9; done; shift; exec qk "$@"',
  )
  await command('curl', 'exec /usr/bin/curl --fail-with-body --max-time 60 "$@"')
  const env = {
    ...{ PATH: `${shims}:${process.env['PATH']}`, HOME: home, QUOTA_API_URL: fixture.origin, TZ: 'UTC' },
    ...{ QUOTA_GATEWAY_PORT: port, OLD_KEY: 'sk-old-of-acme-web' },
  }
  run = async (script, document) => {
    const place = join(folder.path, document.replaceAll('/', '-'))
    await mkdir(place, { recursive: true })
    await writeFile(join(place, '.env'), 'MISTRAL_API_KEY=mis-sample\n')
    const here = script
      .replaceAll('http://127.0.0.1:4000', fixture.origin)
      .replaceAll('http://127.0.0.1:4100', `http://127.0.0.1:${port}`)
      .replaceAll('http://127.0.0.1:8180/v1', vendor.baseUrl)
      // Instants ahead, whenever this runs.
      .replaceAll(/20\d\d-\d\d-\d\dT00:00:00Z/g, new Date(Date.now() + 172_800_000).toISOString())
    return bash(here, { cwd: place, env })
  }
  const local = { name: 'local_1', vendor: 'custom', models: ['small', 'fast'] }
  const prelude = [
    `quotakeeper providers add ${local.name} --vendor custom --base-url http://127.0.0.1:8180/v1 --model small fast`,
    'quotakeeper consumers set acme requests/month=100',
    'until quotakeeper call local_1/small; do sleep 0.5; done',
  ]
  expect(await run(`set -e\n${prelude.join('\n')}`, 'prelude')).toMatchObject({ code: 0 })
})

function bash(
  script: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    child.once('error', reject)
    child.once('close', code => resolve({ code, output }))
  })
}

/** The lines that a reader types. */
function typedIn({ language, text }: DocumentSample): string {
  if (language === 'sh') return text
  return text
    .split('\n')
    .flatMap(line => (line.startsWith('$ ') ? [line.slice(2)] : []))
    .join('\n')
}

/** What the document says it prints, as patterns: instants, secrets and the spaces of tables differ. */
function patternsIn({ language, text }: DocumentSample): readonly RegExp[] {
  if (language === 'sh') return []
  return text.split('\n').flatMap(line => {
    if (line.startsWith('$ ') || line.trim() === '') return []
    const escaped = line.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return [
      new RegExp(
        escaped
          .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d')
          .replace(/\w+…/g, '\\w+')
          .replace(/\s+/g, '\\s+'),
      ),
    ]
  })
}

test.each(documents)('the commands in %s run, and print what it says', async document => {
  const own = samples.filter(sample => sample.document === document)
  // One shell for a document, whose samples build on each other.
  const script = own.map(sample => `: line ${sample.line}\n${typedIn(sample)}`).join('\n')
  const { code, output } = await run(`set -eo pipefail\n${script}`, document)
  expect([document, code, code === 0 ? '' : output]).toEqual([document, 0, ''])
  for (const pattern of own.flatMap(patternsIn)) expect(output).toMatch(pattern)
})
