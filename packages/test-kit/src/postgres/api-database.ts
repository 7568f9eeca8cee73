import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.js'
import { startProcess } from '../process/start-process.js'
import { createPreparedDatabase } from './prepared-database.js'
import type { TestDatabase } from './test-database.js'

/** Built before the tests run. */
const apiFile = fileURLToPath(new URL('../../../../apps/api/dist/main.js', import.meta.url))

/**
 * A database in which an API without any providers has been started before, and has ended: to make all tables takes each
 * start in an empty one 0.2 s of a core.
 *
 * @throws Error when the API is not built, or does not start
 */
export function createApiDatabase(): Promise<TestDatabase> {
  return createPreparedDatabase({ name: 'quotakeeper_started', fill: startOnce })
}

async function startOnce(url: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  try {
    await writeFile(join(directory, 'quotakeeper.config.yaml'), 'providers: []\n')
    const port = String(await freePort())
    await using api = await startProcess({
      args: [apiFile],
      cwd: directory,
      env: { QUOTA_API_PORT: port, QUOTA_DATABASE_URL: url },
      readyWhen: new URL(`http://127.0.0.1:${port}/readyz`),
    })
    await api.stop()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
