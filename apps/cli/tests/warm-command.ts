import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const hostFile = fileURLToPath(new URL('command-host.mjs', import.meta.url))

/** What a command has printed, and what it has ended with. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

let host: ChildProcess | null = null
let queue: Promise<unknown> = Promise.resolve()

/**
 * Runs the built command, piped, in a process that has loaded it already and that all test files of a worker share: to
 * start one for each command took a third of a second of a core.
 *
 * @throws Error when that process ends before the command does
 */
export function runWarm(
  mainFile: string,
  order: {
    readonly args: readonly string[]
    readonly cwd: string
    readonly env: Readonly<Record<string, string>>
    readonly input?: string
  },
): Promise<Ended> {
  const result = queue.then(() => send(mainFile, order))
  queue = result.catch(() => undefined)
  return result
}

function send(mainFile: string, order: object): Promise<Ended> {
  host ??= start(mainFile)
  const running = host
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      running.off('message', take)
      running.off('exit', fail)
      running.unref()
      running.channel?.unref()
    }
    const take = (message: unknown): void => {
      leave()
      // By the host's own protocol.
      resolve(message as Ended)
    }
    const fail = (code: number | null): void => {
      leave()
      host = null
      reject(new Error(`the host of commands has ended (${code})`))
    }
    running.ref()
    running.channel?.ref()
    running.on('message', take)
    running.once('exit', fail)
    running.send(order)
  })
}

function start(mainFile: string): ChildProcess {
  return fork(hostFile, [mainFile], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
}
