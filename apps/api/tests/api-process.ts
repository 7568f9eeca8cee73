import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  makeApiFolder,
  type RunningApplication,
  type RunningInstance,
  startApplication,
  startInstance,
} from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '../src/index.js'

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
  readonly process: RunningApplication['process']
}

/** It in a process that runs several. */
export interface ApiInstance extends BuiltApi {
  readonly instance: RunningInstance
}

/** Starts it with the folder's configuration file, on a free port, with only this environment, which names a database. */
export async function startApiInstance(
  folder: Folder,
  environment: Readonly<Record<string, string>>,
): Promise<ApiInstance> {
  const instance = await startInstance('api', { environment, directory: folder.path })
  const { origin } = instance
  return { instance, origin, client: clientAt(origin), [Symbol.asyncDispose]: () => instance.stop() }
}

/** Starts it in a process of its own, in the folder: for what concerns the process, is killed, or has no other database. */
export async function startApiProcess(
  folder: Folder,
  environment: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const api = await startApplication('api', { environment, directory: folder.path })
  const { origin, process } = api
  return {
    process,
    origin,
    client: clientAt(origin),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

function clientAt(origin: string): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc` })] })
}
