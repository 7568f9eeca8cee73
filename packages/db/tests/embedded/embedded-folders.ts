import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import { openDatabase } from '../../src/index.js'
import { bundledDb, compilesOnce } from '../bundled-db.js'
import { readValue } from '../read-value.js'

const run = promisify(execFile)

export const isRoot = process.getuid?.() === 0

/** Folders for the tests of one file. Making a database takes a second: it is made once, and copied. */
export interface Folders extends AsyncDisposable {
  readonly scratch: string
  /** A folder with a database in it that holds one table, `kept (n int)` with the row 1. */
  copy(name: string): Promise<string>
}

export async function makeFolders(): Promise<Folders> {
  const scratch = await mkdtemp(join(tmpdir(), 'qk-embedded-'))
  const template = join(scratch, 'template')
  const database = await openDatabase(`embedded:${template}`)
  await readValue(database, 'create table kept as select 1 as n')
  await database.close()
  return {
    scratch,
    copy: async name => {
      const folder = join(scratch, name)
      await run('mkdir', ['-p', join(folder, '..')])
      await run('cp', ['-a', template, folder])
      return folder
    },
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  }
}

interface Elsewhere {
  /** May use `database`, `run(text)` and `folder`. */
  readonly action?: string
  /** Comes first, before the folder is opened. */
  readonly before?: string
  readonly readyWhen?: RegExp
  /** Runs the rest. */
  readonly command?: readonly string[]
}

/** Opens a folder in a process of its own, does something, says so, and stays. */
export async function openElsewhere(folder: string, options: Elsewhere = {}): Promise<RunningProcess> {
  const { action = '', before = '', readyWhen = /opened/, command = [] } = options
  const code = `
    ${before}
    const { openDatabase } = await import('${await bundledDb()}')
    const folder = process.env.FOLDER
    const onNotice = ({ text }) => console.log('notice:', text)
    const database = await openDatabase('embedded:' + folder, { onNotice })
    const run = text => database.withSession(session => session.run([{ name: '', text, values: [] }]))
    const staying = setInterval(() => {}, 60_000)
    process.once('SIGTERM', async () => {
      clearInterval(staying)
      await database.close()
    })
    ${action}
    console.log('opened')`
  const [program = process.execPath, ...args] = [
    ...command,
    process.execPath,
    compilesOnce,
    '--input-type=module',
    '--eval',
    code,
  ]
  return startProcess({
    command: program,
    args,
    cwd: new URL('../..', import.meta.url).pathname,
    env: { FOLDER: folder },
    readyWhen,
  })
}

/** The processes that stand in a folder's data: PostgreSQL's. */
export async function serverPids(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const standing = await Promise.all(
    pids.map(async pid => {
      const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null)
      return directory === join(folder, 'cluster') ? [Number(pid)] : []
    }),
  )
  return standing.flat()
}

export async function postmasterPid(folder: string): Promise<number> {
  return Number((await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
}

/** The shell that ends the server once its owner is gone. */
export async function watchdogPid(ownerPid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', String(ownerPid)])
  const line = stdout.split('\n').find(each => each.includes('is_ours'))
  return Number.parseInt(line ?? '', 10)
}

/** What the table of a copied folder holds, all in one text. */
export async function keptRows(folder: string): Promise<unknown> {
  const database = await openDatabase(`embedded:${folder}`)
  try {
    return await readValue(database, "select string_agg(n::text, ',' order by n) from kept")
  } finally {
    await database.close()
  }
}
