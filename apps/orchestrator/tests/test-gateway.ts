import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import { entryOf } from './test-api.js'

/** The orchestrator in a separate process. */
export interface TestGateway extends AsyncDisposable {
  readonly origin: string
  readonly process: RunningProcess
  /** Replaces the content of its `.env`. */
  setDotenv(text: string): Promise<void>
  /** Starts it again on the same port, with other variables if they are given. */
  restart(changed?: Readonly<Record<string, string>>): Promise<void>
}

/** Starts the orchestrator like a user, in an empty folder. */
export async function startGateway(env: Readonly<Record<string, string>>, dotenv = ''): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  const setDotenv = (text: string): Promise<void> => writeFile(join(directory, '.env'), text)
  await setDotenv(dotenv)
  const port = env['QUOTA_GATEWAY_PORT'] ?? (await freePort())
  const origin = `http://127.0.0.1:${port}`
  const start = (changed: Readonly<Record<string, string>> = {}): Promise<RunningProcess> =>
    startProcess({
      args: [entryOf('orchestrator')],
      cwd: directory,
      env: { QUOTA_GATEWAY_PORT: String(port), ...env, ...changed },
      readyWhen: new URL(`${origin}/healthz`),
    })
  let running = await start()
  return {
    origin,
    get process() {
      return running
    },
    setDotenv,
    restart: async changed => {
      running = await start(changed)
    },
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
