import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@quotakeeper/test-kit'

/**
 * Starts Redis of Debian's package on loopback with its defaults: not durable per call.
 * @throws Error if redis-server is not installed
 */
export async function startRedis() {
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--daemonize', 'no']
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('redis-server is missing: apt-get install redis-server')))
    child.once('exit', code => reject(new Error(`redis-server has ended with ${code}`)))
    child.stdout.on(
      'data',
      text => String(text).includes('Ready to accept connections') && resolve(undefined),
    )
  })
  return {
    port,
    stop: async () => {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.removeAllListeners('exit')
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill()
      await Promise.race([ended, gone])
      await rm(directory, { recursive: true, force: true })
    },
  }
}
