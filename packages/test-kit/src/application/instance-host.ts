import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { within } from '../deadline.js'
import { collectOutput, type OutputCollection } from '../process/process-output.js'

const processFile = fileURLToPath(new URL('../../src/application/instance-process.mjs', import.meta.url))
const answerTimeoutMs = 120_000
const outputTimeoutMs = 120_000

/** An application in a process that runs several. */
export interface RunningInstance extends AsyncDisposable {
  readonly origin: string
  /** The last million characters of its log. */
  output(): string
  /** @throws Error with the log if nothing matches within `timeoutMs` (default 120 s) */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  /** As SIGTERM stops a process. @throws Error with its log if it has not ended within 120 s */
  stop(): Promise<void>
}

/** What the process sends: a line of an instance's log, or how an order ended. */
interface Message {
  readonly id: number
  readonly line?: string
  readonly origin?: string
  readonly failure?: string
}

interface Instance {
  readonly log: OutputCollection
  /** Ends the order under way. */
  end(result: Message | Error): void
}

/** A process that runs instances of one application. It ends with this process. */
export class InstanceHost {
  readonly #process: ChildProcess
  readonly #instances = new Map<number, Instance>()
  #started = 0

  /** @param moduleFile of the application, which exports `startInstance` */
  constructor(moduleFile: string) {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
    this.#process = fork(processFile, [moduleFile], { stdio: [...stdio], execArgv: [], cwd: '/', env: {} })
    // By the protocol of that file.
    this.#process.on('message', message => this.#take(message as Message))
    this.#process.once('exit', (code, signal) => {
      const reason = new Error(`the process of the instances has ended (${signal ?? code})`)
      for (const { end } of this.#instances.values()) end(reason)
    })
    // Neither may keep this process alive.
    this.#process.unref()
    this.#process.channel?.unref()
  }

  /** @throws Error with its log if it does not start */
  async start(environment: Readonly<Record<string, string>>): Promise<RunningInstance> {
    const id = ++this.#started
    const log = collectOutput()
    this.#instances.set(id, { log, end: () => undefined })
    const { origin = '' } = await this.#order(id, { start: environment })
    const stop = async (): Promise<void> => {
      if (!this.#instances.has(id)) return
      await this.#order(id, {})
      this.#instances.delete(id)
    }
    return {
      origin,
      output: log.text,
      waitForOutput: (pattern, timeoutMs = outputTimeoutMs) => log.waitFor(pattern, timeoutMs),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  }

  async #order(id: number, order: { readonly start?: Readonly<Record<string, string>> }): Promise<Message> {
    const log = this.#instances.get(id)?.log ?? collectOutput()
    const ended = new Promise<Message>((resolve, reject) => {
      const end = (result: Message | Error): void => {
        if (result instanceof Error) reject(result)
        else resolve(result)
      }
      this.#instances.set(id, { log, end })
    })
    this.#process.send({ id, ...order })
    const describe = (): string => `no answer within ${answerTimeoutMs} ms. It logged:\n${log.text()}`
    const message = await within(ended, { timeoutMs: answerTimeoutMs, describe })
    if (message.failure === undefined) return message
    this.#instances.delete(id)
    throw new Error(`The instance failed: ${message.failure}. It logged:\n${log.text()}`)
  }

  #take(message: Message): void {
    const instance = this.#instances.get(message.id)
    if (message.line === undefined) instance?.end(message)
    else instance?.log.add(message.line)
  }
}
