import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binaries = fileURLToPath(new URL('./agents/node_modules/.bin/', import.meta.url))
const command = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url))

/** What an agent has printed, and what it has ended with. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** An empty home, and an empty folder to work in. */
export interface AgentPlace extends AsyncDisposable {
  readonly folder: string
  /** Writes the client's files by `quotakeeper connect`. */
  connect(client: string, options: { readonly gatewayUrl: string; readonly model: string }): Promise<Ended>
  /** Runs an agent until it ends, at most 5 minutes. */
  run(agent: 'codex' | 'claude', args: readonly string[]): Promise<Ended>
}

export async function makeAgentPlace(): Promise<AgentPlace> {
  const root = await mkdtemp(join(tmpdir(), 'quotakeeper-agent-'))
  const home = await mkdtemp(join(root, 'home-'))
  const folder = await mkdtemp(join(root, 'work-'))
  const run = (program: string, args: readonly string[]): Promise<Ended> =>
    runProgram(program, args, { cwd: folder, home })
  return {
    folder,
    connect: (client, { gatewayUrl, model }) =>
      run(process.execPath, [
        command,
        'connect',
        client,
        '--gateway-url',
        gatewayUrl,
        '--model',
        model,
        '--write',
      ]),
    run: (agent, args) => run(join(binaries, agent), args),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 20 }),
  }
}

function runProgram(
  program: string,
  args: readonly string[],
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      // Nothing of this machine's: no key, no proxy, no settings. Claude Code asks nobody but the gateway.
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.once('error', reject)
    child.once('close', code => resolve({ code, out, err }))
  })
}
