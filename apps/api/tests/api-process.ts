import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  freePort,
  makeApiFolder,
  type RunningInstance,
  type RunningProcess,
  startInstance,
  startProcess,
} from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '../src/index.js'

/** The built API, as shipped. */
export const mainFile = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** A folder that is removed with the test. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'quotakeeper-api-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20 }) }
}

/** A folder in which an API with the default database has been started before, and has ended. */
export async function makeUsedFolder(): Promise<Folder> {
  const folder = await makeFolder()
  await mkdir(join(folder.path, '.quotakeeper'))
  await makeApiFolder('embedded', join(folder.path, '.quotakeeper', 'data'))
  return folder
}

/** The built API. */
export interface BuiltApi extends AsyncDisposable {
  readonly origin: string
  readonly client: TRPCClient<AppRouter>
}

/** It in a process of its own. */
export interface ApiProcess extends BuiltApi {
  readonly process: RunningProcess
}

/** It in a process that runs several. */
export interface ApiInstance extends BuiltApi {
  readonly instance: RunningInstance
}

/** Starts it with the folder's configuration file, on a free port, with only this environment, which names a database. */
export async function startApiInstance(
  folder: Folder,
  env: Readonly<Record<string, string>>,
): Promise<ApiInstance> {
  const environment = { QUOTA_API_PORT: '0', ...env }
  const instance = await startInstance('api', { environment, directory: folder.path })
  const { origin } = instance
  return { instance, origin, client: clientAt(origin), [Symbol.asyncDispose]: () => instance.stop() }
}

/** Starts it in a process of its own, in the folder: for what concerns the process, is killed, or has no other database. */
export async function startApiProcess(
  folder: Folder,
  env: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const process = await startProcess({
    args: [mainFile],
    cwd: folder.path,
    env: { QUOTA_API_PORT: String(port), ...env },
    readyWhen: new URL(`${origin}/readyz`),
  })
  return {
    process,
    origin,
    client: clientAt(origin),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

function clientAt(origin: string): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc` })] })
}
