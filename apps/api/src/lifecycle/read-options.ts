import { readFileSync } from 'node:fs'
import { createLog, type LiveEnvironment } from '@quotakeeper/server-kit'
import type { DestinationStream } from 'pino'
import { findConfig } from '../config/configure.js'
import { parseSettings } from '../settings.js'
import type { ServeOptions } from './serve.js'

/**
 * Reads the settings and the configuration file.
 *
 * @param destination of the log; standard output unless given
 * @throws StartupError with the variable, or with the file and its line
 */
export function readOptions(environment: LiveEnvironment, destination?: DestinationStream): ServeOptions {
  const settings = parseSettings(environment.current())
  return {
    settings,
    environment,
    configFile: findConfig(settings.configPath),
    version: readVersion(),
    log: createLog(settings.logLevel, destination),
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion ? String(manifest.version) : 'unknown'
}
