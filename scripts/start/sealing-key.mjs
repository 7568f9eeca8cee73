import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readEnvFile } from './env-file.mjs'

const defaultDatabaseUrl = 'embedded:.quotakeeper/data'

/**
 * The secret with which the gateway opens entered keys: in the folder of an embedded database, made at its first start,
 * and handed to the gateway alone. For a server's database the operator sets QUOTA_SEALING_KEY.
 *
 * @param {{ environment: NodeJS.ProcessEnv, root: string }} sources
 * @returns {Readonly<Record<string, string>>} the gateway's further variables
 */
export function gatewaySecret({ environment, root }) {
  const file = readEnvFile(join(root, '.env'))
  /** @param {string} name */
  const read = name => environment[name] || file[name] || ''
  const [, folder] = /^(?:embedded|pglite):(.+)$/.exec(read('QUOTA_DATABASE_URL') || defaultDatabaseUrl) ?? []
  if (folder === undefined || folder === 'memory' || read('QUOTA_SEALING_KEY_FILE') !== '') return {}
  const path = join(resolve(root, folder), 'sealing.key')
  if (!existsSync(path)) makeSecret(resolve(root, folder), path)
  return { QUOTA_SEALING_KEY_FILE: path }
}

/** Whole or not at all, and never in place of another. @param {string} folder @param {string} path */
function makeSecret(folder, path) {
  mkdirSync(folder, { recursive: true })
  const draft = join(folder, `sealing.${process.pid}.new`)
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, path)
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere || !existsSync(path)) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
