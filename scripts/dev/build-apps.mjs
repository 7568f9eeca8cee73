import { spawn } from 'node:child_process'
import { join } from 'node:path'

const apps = ['@quotakeeper/api', '@quotakeeper/orchestrator']

/**
 * Builds both applications and their packages; unchanged ones are taken from turbo's cache.
 *
 * @param {{ root: string, signal: AbortSignal }} options `signal`: cancels the build
 * @returns {Promise<boolean>} whether the build succeeded; errors have been printed
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
