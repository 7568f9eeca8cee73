import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  entryOf,
  isThorough,
  prepareApi,
  type RunningApplication,
  startApplication,
  startInstance,
} from '@quotakeeper/test-kit'
import { type Ended, runWarm } from './warm-command.js'

/** The built command, as shipped. */
export const mainFile = entryOf('cli')

/** A folder that is removed with the test. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'quotakeeper-cli-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20 }) }
}

/** An API, and the command in the same folder, pointed at it. */
export interface Fixture extends AsyncDisposable {
  readonly folder: string
  readonly origin: string
  /** The last million characters that the API has logged. */
  output(): string
  /** Stops the API; the folder and the database stay. */
  stop(): Promise<void>
  /** Runs the command, piped, with only this environment. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
}

/** One whose API is in a process of its own. */
export interface ProcessFixture extends Fixture, Pick<RunningApplication, 'process' | 'restart'> {}

type Variables = Readonly<Record<string, string>>
type Files = Readonly<Record<string, string>>

export async function startFixture(environment: Variables = {}, files: Files = {}): Promise<Fixture> {
  const prepared = await prepareApi({ environment, files })
  const instance = await startInstance('api', prepared)
  return {
    ...commandAt(instance.origin, prepared.directory),
    output: () => instance.output(),
    stop: () => instance.stop(),
    [Symbol.asyncDispose]: async () => {
      await instance.stop()
      await prepared.remove()
    },
  }
}

/** For tests that stop, kill or restart the API, or whose database is in its folder. */
export async function startProcessFixture(
  environment: Variables = {},
  files: Files = {},
): Promise<ProcessFixture> {
  const prepared = await prepareApi({ environment, files })
  const api = await startApplication('api', prepared)
  return {
    ...commandAt(api.origin, prepared.directory),
    output: api.output,
    stop: async () => {
      await api.process.stop()
    },
    get process() {
      return api.process
    },
    restart: api.restart,
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await prepared.remove()
    },
  }
}

function commandAt(origin: string, folder: string): Pick<Fixture, 'folder' | 'origin' | 'run'> {
  const fixed = { QUOTA_API_URL: origin, TZ: 'UTC' }
  return {
    folder,
    origin,
    run: (args, own = {}) => runCommand(args, { cwd: folder, env: { ...fixed, ...own } }),
  }
}

/** Which commands have been run in a process of their own. */
const seen = new Set<string>()
/** Commands that start a program, whose output is not theirs. */
const starters: ReadonlySet<string> = new Set(['start', 'move'])

/**
 * Runs the command until it ends, in a process that is kept warm; the first of a group, such as `usage`, in one of its own,
 * which has to end by itself. In `test:fire` it is the first of each name, such as `usage record`.
 */
export function runCommand(
  args: readonly string[],
  { cwd, env, input = '' }: Surroundings & { readonly input?: string },
): Promise<Ended> {
  const words = args.findIndex(arg => arg.startsWith('-'))
  const length = isThorough ? 2 : 1
  const name = args.slice(0, words === -1 ? length : Math.min(words, length)).join(' ')
  const isWarm = seen.has(name) && !starters.has(args[0] ?? '')
  seen.add(name)
  if (isWarm) return runWarm(mainFile, { args, cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, input })
  return runProgram(process.execPath, [mainFile, ...args], { cwd, env, input })
}

/** Where a program runs. */
interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Runs any program until it ends; without input unless given. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, input = '' }: Surroundings & { readonly input?: string },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      // A shell takes a pipe of Node.js for a remote login, and reads its profile.
      stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: 250_000,
    })
    let out = ''
    let err = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.once('error', reject)
    child.once('close', code => resolve({ code, out, err }))
    // It may end before it has read all.
    child.stdin?.on('error', () => undefined).end(input)
  })
}
