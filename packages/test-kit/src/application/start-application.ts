import { freePort } from '../free-port.js'
import { type RunningProcess, startProcess } from '../process/start-process.js'
import { entryOf, type ServerApplication, serving } from './applications.js'

type Variables = Readonly<Record<string, string>>

/** A built application in a process of its own. */
export interface RunningApplication extends AsyncDisposable {
  readonly origin: string
  /** The one that runs, or ran last. */
  readonly process: RunningProcess
  /** The last million characters that this process has logged. */
  output(): string
  /** Kills it if it still runs, and starts it at the same address, with other variables if they are given. */
  restart(changed?: Variables): Promise<void>
}

/** What a built application is started with. */
export interface ApplicationOptions {
  /** All of it; a free port unless one is named. */
  readonly environment?: Variables
  /** The folder that it is started in, with its configuration file, `.env` and, if it has one, its database. */
  readonly directory: string
}

/**
 * Starts a built application like an operator: in a process and folder of its own. For what is killed or restarted, reads
 * its folder, or shows that replicas share nothing but the database; else `startInstance` takes less.
 *
 * @throws Error with its output if it is not ready within 200 s
 */
export async function startApplication(
  application: ServerApplication,
  { environment = {}, directory }: ApplicationOptions,
): Promise<RunningApplication> {
  const { portVariable, readyPath } = serving[application]
  const port = environment[portVariable] ?? String(await freePort())
  const origin = `http://127.0.0.1:${port}`
  const start = (changed: Variables = {}): Promise<RunningProcess> =>
    startProcess({
      args: [entryOf(application)],
      cwd: directory,
      env: { [portVariable]: port, ...environment, ...changed },
      readyWhen: new URL(readyPath, origin),
    })
  let running = await start()
  return {
    origin,
    get process() {
      return running
    },
    output: () => running.output(),
    restart: async changed => {
      await running[Symbol.asyncDispose]()
      running = await start(changed)
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}
