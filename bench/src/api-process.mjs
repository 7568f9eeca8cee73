import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startProcess } from '@quotakeeper/test-kit'

const main = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url))

/**
 * The built API in a separate process on loopback, without a configuration.
 * @param {string} databaseUrl
 */
export async function startApi(databaseUrl) {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-bench-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [main],
    cwd: folder,
    env: { QUOTA_API_PORT: String(port), QUOTA_DATABASE_URL: databaseUrl, QUOTA_LOG_LEVEL: 'error' },
    readyWhen: new URL(`${origin}/readyz`),
  })
  return {
    origin,
    stop: async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
