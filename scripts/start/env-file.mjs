import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/**
 * The variables of a `.env` file, none if there is no file. The applications report what is wrong in it; this has to
 * find the same variables, also after the byte-order mark that editors on Windows put first.
 *
 * @param {string} path
 * @returns {NodeJS.Dict<string>}
 */
export function readEnvFile(path) {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) : {}
}
