// Runs the command line of the workspace. Builds it if needed, with build output on standard error, so that
// "pnpm --silent qk status --json" prints only JSON.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const entry = join(root, 'apps', 'cli', 'dist', 'main.js')

if (!existsSync(entry)) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  const args = [turbo, 'run', 'build', '--filter=@quotakeeper/cli', '--output-logs=errors-only']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    process.stderr.write('The build failed: see above\n')
    process.exit(1)
  }
}
await import(pathToFileURL(entry).href)
