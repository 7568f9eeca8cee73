import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { instanceModuleOf, type ServerApplication, serving } from './applications.js'
import { InstanceHost, type RunningInstance } from './instance-host.js'

const hosts = new Map<ServerApplication, InstanceHost>()

/**
 * Starts a built application in a process that all test files of a worker share: to load the modules, and to compile
 * what is called most, took each process of its own 0.45 s of a core. What is killed, reads its folder, or must share
 * nothing but the database is started by `startApplication`.
 *
 * @param options.environment all of it, with the database's place; a free port unless one is named
 * @param options.directory where its configuration file is, if there is one at the start
 * @throws Error with its log if it does not start, or if its database would be in the folder of the shared process
 */
export function startInstance(
  application: ServerApplication,
  options: { readonly environment: Readonly<Record<string, string>>; readonly directory?: string },
): Promise<RunningInstance> {
  const { environment, directory } = options
  if (application === 'api' && !isApart(environment['QUOTA_DATABASE_URL']))
    throw new Error('an instance of the API has no folder of its own: set QUOTA_DATABASE_URL')
  const host = hosts.get(application) ?? new InstanceHost(instanceModuleOf(application))
  hosts.set(application, host)
  const file = directory === undefined ? null : join(directory, 'quotakeeper.config.yaml')
  return host.start({
    [serving[application].portVariable]: '0',
    ...(file !== null && existsSync(file) ? { QUOTA_CONFIG: file } : {}),
    ...environment,
  })
}

function isApart(databaseUrl: string | undefined): boolean {
  if (databaseUrl === undefined) return false
  const [, folder] = /^(?:embedded|pglite):(.*)$/.exec(databaseUrl) ?? []
  return folder === undefined || folder === 'memory' || isAbsolute(folder)
}
