import { spawn } from 'node:child_process'
import { join } from 'node:path'

const apps = ['@quotakeeper/api', '@quotakeeper/orchestrator']

/**
 * Builds both applications and what they are made of; what has not changed is taken from turbo's cache.
 *
 * @param {{ root: string, signal: AbortSignal }} options `signal`: gives the build up
 * @returns {Promise<boolean>} whether all was built; what was wrong has been printed
 */
export function buildApps({ root, signal }) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  const filters = apps.map(app => `--filter=${app}`)
  const args = [turbo, 'run', 'build', ...filters, '--output-logs=errors-only', '--log-order=grouped']
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], signal })
  return new Promise(resolve => {
    child.once('error', () => resolve(false))
    child.once('exit', code => resolve(code === 0))
  })
}
