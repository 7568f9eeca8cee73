import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { leaveLastWill } from '../process/last-will.js'
import { initialise } from './cluster.js'
import { findClusterOwner } from './cluster-owner.js'
import { findPostgresBinaries } from './postgres-binaries.js'

const run = promisify(execFile)

/** Where the processes of a test run find the templates; they inherit the variable. */
const variable = 'QUOTA_TEST_TEMPLATES'

interface Templates {
  readonly directory: string
  /** An empty cluster of PostgreSQL 18 that has never been started. */
  readonly dataDirectory: string
  /** The cluster's superuser's. */
  readonly password: string
}

/**
 * Makes the folder of templates, with the cluster that {@link copyClusterTemplate} copies in this process and in those it
 * starts from now on: a copy takes 0.1 s of a core, `initdb` 1.5.
 *
 * @returns removes it
 */
export async function makeTemplates(): Promise<() => Promise<void>> {
  const owner = await findClusterOwner()
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-template-'))
  const lastWill = leaveLastWill({ script: 'rm -rf "$1"', args: [directory] })
  if (owner !== null) await chown(directory, owner.uid, owner.gid)
  // What a test puts there may be for processes of other users.
  await chmod(directory, 0o711)
  const binaries = await findPostgresBinaries({ owner, scratchDirectory: directory })
  const dataDirectory = join(directory, 'data')
  // PostgreSQL's 4096 take each connection 2 ms of a core; no password here is worth guessing.
  const settings = { scram_iterations: '1' }
  const password = await initialise({ binaries, owner, directory, dataDirectory, settings })
  process.env[variable] = JSON.stringify({ directory, dataDirectory, password } satisfies Templates)
  return async () => {
    delete process.env[variable]
    await rm(directory, { recursive: true, force: true })
    lastWill.revoke()
  }
}

/**
 * Copies the cluster with its owner and permissions.
 *
 * @returns the superuser's password; null outside of a run that has made a template
 */
export async function copyClusterTemplate(dataDirectory: string): Promise<string | null> {
  const templates = readTemplates()
  if (templates === null) return null
  await run('cp', ['-a', templates.dataDirectory, dataDirectory])
  return templates.password
}

/**
 * The folder of what is prepared once per run.
 *
 * @throws Error outside of a test run
 */
export function templateFolder(): string {
  const templates = readTemplates()
  if (templates === null) throw new Error('no test run has made a folder of templates')
  return templates.directory
}

function readTemplates(): Templates | null {
  const text = process.env[variable]
  // Written by the set-up of the run.
  return text === undefined ? null : (JSON.parse(text) as Templates)
}
