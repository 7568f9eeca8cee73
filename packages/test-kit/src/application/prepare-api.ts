import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiDatabase } from './api-database.js'
import { makeApiFolder } from './api-folder.js'

type Variables = Readonly<Record<string, string>>

/** The folder, the database and the variables of an API that is not started yet. */
export interface PreparedApi {
  readonly directory: string
  readonly environment: Variables
  /** Drops the database, and removes the folder with all in it. The API has ended. */
  remove(): Promise<void>
}

/**
 * Makes a folder with the files, and a database unless the environment names one. A database in the folder, such as
 * `embedded:data`, is one that has been started before: a first start takes 3 to 7 s of a core.
 *
 * @param options.files their contents by name, such as `quotakeeper.config.yaml`
 */
export async function prepareApi(
  options: { readonly environment?: Variables; readonly files?: Variables } = {},
): Promise<PreparedApi> {
  const { environment = {}, files = {} } = options
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  // What all files of a worker share is removed at its end.
  const removeAtExit = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 20 })
  process.once('exit', removeAtExit)
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const url = environment['QUOTA_DATABASE_URL']
  const database = url === undefined ? await createApiDatabase() : null
  const [, engine, folder] = /^(embedded|pglite):([^/].*)$/.exec(url ?? '') ?? []
  if (folder !== undefined && folder !== 'memory')
    await makeApiFolder(engine === 'pglite' ? 'pglite' : 'embedded', join(directory, folder))
  return {
    directory,
    environment: database === null ? environment : { QUOTA_DATABASE_URL: database.url, ...environment },
    remove: async () => {
      await database?.drop()
      await rm(directory, { recursive: true, force: true, maxRetries: 20 })
      process.off('exit', removeAtExit)
    },
  }
}
