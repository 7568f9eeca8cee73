import { execFile } from 'node:child_process'
import { access, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { oneAtATime } from '../postgres/one-at-a-time.js'
import { templateFolder } from '../postgres/templates.js'
import { testServers } from '../postgres/test-servers.js'
import { startApplication } from './start-application.js'

const run = promisify(execFile)

/**
 * Makes a database folder in which an API with the sample providers has been started once, and has ended: a copy of one
 * that a run makes once per engine. Such a start takes 3 s of a core with PostgreSQL, and 7 with PGlite.
 *
 * @param path does not exist yet; the folder around it does
 * @throws Error when the API is not built, or does not start
 */
export async function makeApiFolder(engine: 'embedded' | 'pglite', path: string): Promise<void> {
  const template = join(templateFolder(), engine)
  await oneAtATime(testServers()[0].url, async () => {
    const isMade = await access(template).then(
      () => true,
      () => false,
    )
    if (!isMade) await startOnce(engine, template)
  })
  // With owners and permissions: as root, PostgreSQL runs as another user.
  await run('cp', ['-a', template, path])
}

async function startOnce(engine: 'embedded' | 'pglite', template: string): Promise<void> {
  const directory = await mkdtemp(join(dirname(template), 'draft-'))
  try {
    const environment = { QUOTA_DATABASE_URL: `${engine}:data`, QUOTA_LOG_LEVEL: 'fatal' }
    await using api = await startApplication('api', { environment, directory })
    await api.process.stop()
    await rename(join(directory, 'data'), template)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
