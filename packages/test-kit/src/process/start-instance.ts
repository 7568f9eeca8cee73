import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InstanceHost, type RunningInstance } from './instance-host.js'

const moduleFiles = {
  api: fileURLToPath(new URL('../../../../apps/api/dist/start-instance.js', import.meta.url)),
  orchestrator: fileURLToPath(
    new URL('../../../../apps/orchestrator/dist/start-instance.js', import.meta.url),
  ),
}

/** What can be started: the built applications. */
export type InstanceApp = keyof typeof moduleFiles

const hosts = new Map<InstanceApp, InstanceHost>()

/**
 * Starts a built application in a process that all test files of a worker share: to load the modules, and to compile
 * what is called most, took each process of its own 0.45 s of a core. What is killed, reads its folder, or must share
 * nothing but the database is started by `startProcess`.
 *
 * @param options.environment all of it, with the database's place
 * @param options.directory where its configuration file is, if there is one at the start
 * @throws Error with its log if it does not start, or if its database would be in the folder of the shared process
 */
export function startInstance(
  app: InstanceApp,
  options: { readonly environment: Readonly<Record<string, string>>; readonly directory?: string },
): Promise<RunningInstance> {
  const { environment, directory } = options
  if (app === 'api' && !isApart(environment['QUOTA_DATABASE_URL']))
    throw new Error('an instance of the API has no folder of its own: set QUOTA_DATABASE_URL')
  const host = hosts.get(app) ?? new InstanceHost(moduleFiles[app])
  hosts.set(app, host)
  const file = directory === undefined ? null : join(directory, 'quotakeeper.config.yaml')
  return host.start({
    ...(file !== null && existsSync(file) ? { QUOTA_CONFIG: file } : {}),
    ...environment,
  })
}

function isApart(databaseUrl: string | undefined): boolean {
  if (databaseUrl === undefined) return false
  const [, folder] = /^(?:embedded|pglite):(.*)$/.exec(databaseUrl) ?? []
  return folder === undefined || folder === 'memory' || isAbsolute(folder)
}
