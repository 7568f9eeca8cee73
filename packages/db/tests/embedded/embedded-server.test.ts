import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedFolder } from '../../src/embedded/embedded-folder.js'
import { initCluster } from '../../src/embedded/init-cluster.js'
import { copiedPrograms, findPrograms } from '../../src/embedded/postgres-programs.js'
import { runProgram } from '../../src/embedded/run-program.js'
import { findServerUser } from '../../src/embedded/server-user.js'
import { type DatabaseNotice, databaseState, migrate, openDatabase } from '../../src/index.js'
import { makePgliteFolder } from '../migrated-databases.js'
import { readValue } from '../read-value.js'
import {
  type Folders,
  isRoot,
  keptRows,
  makeFolders,
  openElsewhere,
  postmasterPid,
  serverPids,
  watchdogPid,
} from './embedded-folders.js'

let folders: Folders

beforeAll(async () => {
  folders = await makeFolders()
})

afterAll(() => folders[Symbol.asyncDispose]())

describe('a folder of its own', () => {
  test('is PostgreSQL 18, as durable as PostgreSQL is by default, for its user alone, and kept over restarts', async () => {
    const folder = await folders.copy('durable')
    const notices: DatabaseNotice[] = []
    const database = await openDatabase(`embedded:${folder}`, { onNotice: notice => notices.push(notice) })
    await migrate(database)
    expect(await databaseState(database)).toMatchObject({ kind: 'postgres', pending: 0 })
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses']
    const shown = await Promise.all(settings.map(name => readValue(database, `show ${name}`)))
    expect(shown).toEqual(['on', 'on', 'on', 'on', ''])
    expect(await readValue(database, 'show server_version_num')).toMatch(/^18\d{4}$/)
    const locale =
      "select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()"
    expect(await readValue(database, locale)).toBe('b C.UTF-8')
    await readValue(database, 'insert into kept values (2)')
    for (const name of ['engine.json', 'server.json'])
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'cluster'))).mode & 0o077).toBe(0)
    const { password } = JSON.parse(await readFile(join(folder, 'engine.json'), 'utf8'))
    // Backends come and go.
    const commands = (await serverPids(folder)).map(pid =>
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    )
    expect((await Promise.all(commands)).join('\n')).toContain('postgres')
    expect((await Promise.all(commands)).join('\n')).not.toContain(password)
    await database.close()
    expect(notices.at(-1)).toEqual({ level: 'info', text: `PostgreSQL runs in ${folder}` })
    expect(await serverPids(folder)).toEqual([])
    expect((await readdir(folder)).sort()).toEqual(['cluster', 'engine.json', 'pgdata'])
    expect(await keptRows(folder)).toBe('1,2')
  })

  test('has one owner: a second one is refused in one line, and who joins shares the server', async () => {
    const folder = await folders.copy('owned')
    await using owner = await openElsewhere(folder)
    const opening = openDatabase(`embedded:${folder}`)
    await expect(opening).rejects.toMatchObject({ name: 'QuotaError', code: 'STORE_UNAVAILABLE' })
    await expect(opening).rejects.toThrow(new RegExp(`^the folder ${folder} is in use.*stop that one.*$`))
    const guest = await openDatabase(`embedded:${folder}`, { joins: true })
    await readValue(guest, 'insert into kept values (2)')
    await guest.close()
    expect((await serverPids(folder)).length).toBeGreaterThan(0)
    expect(await owner.stop()).toEqual({ code: 0, signal: null })
    expect(await serverPids(folder)).toEqual([])
    expect(await keptRows(folder)).toBe('1,2')
  })

  test.each([
    ['spaces, quotes and letters beyond ASCII', `it's "a" földer/ünd 日本語 $HOME %2F?x=1`],
    ['a path longer than a socket may have', `${'ä'.repeat(60)}/${'x'.repeat(120)}`],
  ])('may have %s in its path', async (_what, name) => {
    const folder = await folders.copy(name)
    const database = await openDatabase(`embedded:${folder}`)
    const guest = await openDatabase(`embedded:${folder}`, { joins: true })
    expect(await readValue(guest, 'select n from kept')).toBe(1)
    await guest.close()
    await database.close()
    expect(await serverPids(folder)).toEqual([])
  })

  test('is the same by a relative path, and by one with a link in it', async () => {
    await folders.copy('linked')
    const folder = join(folders.scratch, 'link')
    await promisify(execFile)('ln', ['-s', 'linked', folder])
    expect(await keptRows(folder)).toBe('1')
  })
})

describe('an owner that ends without a word', () => {
  test('takes its server along, and a new start works at once and finds everything', async () => {
    const folder = await folders.copy('killed')
    await using owner = await openElsewhere(folder, { action: "await run('insert into kept values (2)')" })
    await owner.kill('SIGKILL')
    expect(await keptRows(folder)).toBe('1,2')
    await using again = await openElsewhere(folder)
    await again.kill('SIGKILL')
    await expect.poll(() => serverPids(folder)).toEqual([])
    // The watchdog has shut it down rather than let it crash.
    expect((await readdir(join(folder, 'cluster'))).includes('postmaster.pid')).toBe(false)
  })

  test('may leave a server running, its watchdog killed, too: it is ended, not adopted', async () => {
    const folder = await folders.copy('orphaned')
    await using owner = await openElsewhere(folder, { action: "await run('insert into kept values (2)')" })
    process.kill(await watchdogPid(owner.pid), 'SIGKILL')
    await owner.kill('SIGKILL')
    const orphan = await postmasterPid(folder)
    expect(await serverPids(folder)).toContain(orphan)
    await using again = await openElsewhere(folder)
    await again.waitForOutput(/notice: ended \d+ processes of a server whose owner was killed/)
    expect(await postmasterPid(folder)).not.toBe(orphan)
    expect(await serverPids(folder)).not.toContain(orphan)
    await again.stop()
    expect(await keptRows(folder)).toBe('1,2')
  })

  test.runIf(isThorough)(
    'may leave backends behind that are busy and have lost their server: they are ended, too',
    async () => {
      const folder = await folders.copy('busy')
      // Idle ones end by themselves, so it must have begun.
      const untilBusy = `do $$ begin
      while not exists (select from pg_stat_activity where state = 'active' and query like '%loop null%' and pid <> pg_backend_pid())
      loop perform pg_stat_clear_snapshot(), pg_sleep(0.01); end loop; end $$`
      const action = `run('do $$ begin loop null; end loop; end $$').catch(() => {})
      await run('insert into kept values (2)')
      await run(${JSON.stringify(untilBusy)})`
      await using owner = await openElsewhere(folder, { action })
      const postmaster = await postmasterPid(folder)
      process.kill(await watchdogPid(owner.pid), 'SIGKILL')
      await owner.kill('SIGKILL')
      process.kill(postmaster, 'SIGKILL')
      await expect.poll(() => serverPids(folder)).not.toContain(postmaster)
      expect((await serverPids(folder)).length).toBeGreaterThan(0)
      expect(await keptRows(folder)).toBe('1,2')
      expect(await serverPids(folder)).toEqual([])
    },
  )

  test.runIf(isThorough)('may leave the number of a process that is somebody else by now', async () => {
    const folder = await folders.copy('reused')
    await using other = await openElsewhere(await folders.copy('unrelated'))
    const pid = await postmasterPid(join(folders.scratch, 'unrelated'))
    await writeFile(
      join(folder, 'cluster', 'postmaster.pid'),
      `${pid}\n${folder}/cluster\n1795892170\n5432\n.\n\n  1  1\nready   \n`,
    )
    expect(await keptRows(folder)).toBe('1')
    expect(await other.stop()).toEqual({ code: 0, signal: null })
  })

  test.runIf(isThorough)('may have been making a database: the next start makes it', async () => {
    const folder = join(folders.scratch, 'half-made')
    await using owner = await openElsewhere(folder, { readyWhen: /notice: creating a database/ })
    const files = (): Promise<readonly string[]> => readdir(folder)
    await expect.poll(files).toContainEqual(expect.stringMatching(/^cluster\.draft-/))
    await owner.kill('SIGKILL')
    const database = await openDatabase(`embedded:${folder}`)
    expect(await readValue(database, 'select current_database()')).toBe('quotakeeper')
    await database.close()
  })
})

test('a server that is killed while its owner lives is started again', async () => {
  const folder = await folders.copy('restarted')
  const notices: string[] = []
  const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
  process.kill(await postmasterPid(folder), 'SIGKILL')
  await expect.poll(() => notices).toContain('PostgreSQL runs again')
  expect(notices).toContain('PostgreSQL ended unexpectedly (SIGKILL): restarting it')
  const answer = (): Promise<unknown> => readValue(database, 'select n from kept').catch(() => null)
  await expect.poll(answer).toBe(1)
  await database.close()
  expect(await serverPids(folder)).toEqual([])
})

describe('a folder that cannot be used is an error in one line with what to do', () => {
  const opening = (folder: string): Promise<unknown> =>
    openDatabase(`embedded:${folder}`).then(
      async database => {
        await database.close()
        return 'it was opened'
      },
      (error: unknown) => error,
    )

  test('of another major', async () => {
    const folder = await folders.copy('older')
    await writeFile(join(folder, 'cluster', 'PG_VERSION'), '17\n')
    const error = await opening(folder)
    expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
    expect(String(error)).toMatch(/PostgreSQL 17.*PostgreSQL 18.*"qk move .*" of the release that wrote it/)
  })

  test('whose cluster is gone, which an empty one must not replace', async () => {
    const folder = await folders.copy('gone')
    await rm(join(folder, 'cluster'), { recursive: true })
    expect(String(await opening(folder))).toMatch(/its cluster is missing: restore it/)
    expect((await readdir(folder)).sort()).toEqual(['engine.json', 'pgdata'])
  })

  test.each([
    ['is gone', null, /engine\.json is missing/],
    ['is cut off', '{"engine":"post', /engine\.json is damaged/],
    ['is of a newer release', '{"engine":"other"}', /newer release/],
  ])('whose choice of an engine %s', async (what, text, message) => {
    const folder = await folders.copy(`choice-${what}`)
    await rm(join(folder, 'engine.json'))
    if (text !== null) await writeFile(join(folder, 'engine.json'), text)
    expect(String(await opening(folder))).toMatch(message)
  })

  test('whose server does not start: the error gives the reason, and PGlite is not used instead', async () => {
    const folder = await folders.copy('broken')
    await rm(join(folder, 'cluster', 'global', 'pg_control'))
    const error = await opening(folder)
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(String(error)).toMatch(/does not start \(PostgreSQL: .*pg_control.*\): .*restore/)
    expect(String(error)).not.toContain('\n')
    expect(await serverPids(folder)).toEqual([])
    expect(await readdir(join(folder, 'pgdata'))).toEqual(['PG_VERSION'])
  })

  test('that cannot be written, or is none', async () => {
    await writeFile(join(folders.scratch, 'file'), '')
    for (const folder of [
      join(folders.scratch, 'file'),
      join(folders.scratch, 'file', 'data'),
      '/proc/none/data',
    ]) {
      const error = await opening(folder)
      expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
      expect(String(error)).toMatch(/cannot be used for a database \(E[A-Z]+\): set QUOTA_DATABASE_URL/)
    }
  })

  test('of PGlite stays so, where that was chosen when it was made', async () => {
    const folder = join(folders.scratch, 'chosen')
    await makePgliteFolder(folder, 'empty')
    await writeFile(join(folder, 'engine.json'), '{"engine":"pglite"}\n')
    const notices: string[] = []
    const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
    expect(database.kind).toBe('pglite')
    await database.close()
    expect(notices).toEqual([`the database in ${folder} is PGlite's, within this process`])
    expect((await readdir(folder)).sort()).toEqual(['engine.json', 'pgdata'])
  })

  test('that is opened as PGlite, by this release and by older ones', async () => {
    const folder = await folders.copy('not-pglite')
    await expect(openDatabase(`pglite:${folder}`)).rejects.toThrow(`QUOTA_DATABASE_URL=embedded:${folder}`)
    // Older ones compare this with the PostgreSQL that they embed, and repeat it in their error.
    expect(await readFile(join(folder, 'pgdata', 'PG_VERSION'), 'utf8')).toMatch(/^18 of a newer Quotakeeper/)
  })
})

describe.runIf(isRoot)('as root', () => {
  test('PostgreSQL runs as another user, also where that one cannot reach the folder', async () => {
    await chmod(folders.scratch, 0o711)
    const home = join(folders.scratch, 'home')
    await mkdir(home, { mode: 0o700 })
    await folders.copy('home/clone/data')
    const folder = join(home, 'clone', 'data')
    const database = await openDatabase(`embedded:${folder}`)
    const pid = await postmasterPid(folder)
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\s/m)
    expect(await readValue(database, 'select n from kept')).toBe(1)
    await database.close()
    expect((await stat(home)).mode & 0o777).toBe(0o700)
    // What is reachable is run without any capability.
    await chmod(home, 0o711)
    const plain = await openDatabase(`embedded:${folder}`)
    const status = await readFile(`/proc/${await postmasterPid(folder)}/status`, 'utf8')
    expect(status).toMatch(/^CapEff:\s+0+$/m)
    await plain.close()
  })

  test.runIf(isThorough)(
    "its programs may be out of that user's reach as well, as in a clone below /root",
    async () => {
      const home = join(folders.scratch, 'private')
      await mkdir(home, { mode: 0o700 })
      const folder = embeddedFolder(join(home, 'data'))
      await mkdir(folder.path, { mode: 0o711 })
      const programs = await copiedPrograms(findPrograms(), home)
      const user = await findServerUser(folder, programs)
      expect(user.programs).toBe(programs)
      await initCluster(folder, user, 'secret')
      expect(await readdir(folder.path)).toEqual(['cluster'])
      const postgres = user.call(programs.postgres, ['-D', folder.cluster, '-C', 'data_directory'])
      expect(await runProgram(postgres)).toMatchObject({ isDone: true, output: `${folder.cluster}\n` })
    },
  )

  test('where nobody can run it, one line says what would do', async () => {
    const home = join(folders.scratch, 'closed')
    await mkdir(home, { mode: 0o700 })
    const passage = '--bounding-set=-dac_read_search,-dac_override'
    const failing = async (folder: string, bounds: string): Promise<string> =>
      openElsewhere(folder, { command: ['setpriv', bounds, '--inh-caps=-all'] }).then(
        () => 'it was opened',
        (error: unknown) => String(error),
      )
    expect(await failing(join(home, 'data'), passage)).toMatch(
      /the user "\w+", who runs it instead, cannot reach .*: set QUOTA_DATABASE_URL=embedded:\/var\/lib/,
    )
    expect(await failing(join(folders.scratch, 'bound'), '--bounding-set=-all')).toMatch(
      /may not run it as another user: start as an ordinary user/,
    )
  })

  test.runIf(isThorough)('it runs as the owner of the data', async () => {
    const folder = join(folders.scratch, 'of-nobody')
    await mkdir(folder)
    await chmod(folders.scratch, 0o711)
    await chown(folder, 65_534, 65_534)
    const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    await using owner = await openElsewhere(folder, { command: user })
    expect(await owner.stop()).toEqual({ code: 0, signal: null })
    const database = await openDatabase(`embedded:${folder}`)
    const status = await readFile(`/proc/${await postmasterPid(folder)}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\s+65534\s/m)
    await database.close()
  })

  test.runIf(isThorough)('a full /dev/shm does not matter', async () => {
    const folder = await folders.copy('no-shm')
    const fill = 'mount -t tmpfs -o size=64k none /dev/shm && ! cat /dev/zero > /dev/shm/full 2>&1; exec "$@"'
    await using owner = await openElsewhere(folder, {
      command: ['unshare', '--mount', 'sh', '-c', fill, 'sh'],
    })
    expect(await owner.stop()).toEqual({ code: 0, signal: null })
  })
})
