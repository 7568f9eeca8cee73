import { existsSync } from 'node:fs'
import { describeUnreachable, isEmbeddedThere, migrate, moveDatabase, openDatabase } from '@quotakeeper/db'
import { readEnvironment, StartupError } from '@quotakeeper/server-kit'
import { defaultDatabaseFolder } from './settings.js'

/** The shells' exit code for SIGINT. */
const interruptedExitCode = 130

/** Moves an embedded database to a server: `node move.js FOLDER`, with the server in QUOTA_DATABASE_URL. */
async function main(signal: AbortSignal): Promise<void> {
  const folder = process.argv[2] ?? defaultDatabaseFolder
  const url = readEnvironment()['QUOTA_DATABASE_URL'] ?? ''
  if (!/^postgres(?:ql)?:\/\//.test(url))
    throw new StartupError(
      'QUOTA_DATABASE_URL must name the server to move to: postgres://user:password@host:5432/database',
    )
  if (!existsSync(folder)) throw new StartupError(`there is no folder ${folder} to move from`)
  if (!(await isEmbeddedThere(folder)))
    throw new StartupError(`there is no database in ${folder} to move from`)
  // Connected first: starting PGlite keeps this process busy for longer than a connection may take on a slow machine.
  const to = await openDatabase(url)
  await migrate(to)
  // An API running meanwhile would record calls that are not copied, so this refuses to join one.
  const from = await openDatabase(`embedded:${folder}`, { keepsPglite: true })
  const progress = progressBar()
  try {
    await migrate(from)
    const counts = await moveDatabase(from, to, {
      onProgress: ({ rows, ofRows }) => progress.show(rows, ofRows),
      signal,
    })
    progress.end()
    const moved = [...counts].filter(([, count]) => count > 0)
    const width = Math.max(...moved.map(([table]) => table.length), 0)
    for (const [table, count] of moved) process.stdout.write(`${table.padEnd(width)}  ${count}\n`)
    process.stdout.write(
      `Everything in ${folder} was copied to the server. From now on, start with this QUOTA_DATABASE_URL. The folder is unchanged.\n`,
    )
  } finally {
    progress.end()
    await Promise.all([from.close(), to.close()])
  }
}

/** A progress line that is redrawn, on a terminal. */
function progressBar(): { show(rows: number, ofRows: number): void; end(): void } {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => undefined, end: () => undefined }
  const cells = 30
  let isBegun = false
  return {
    show: (rows, ofRows) => {
      isBegun = true
      const full = ofRows === 0 ? cells : Math.floor((rows / ofRows) * cells)
      stderr.write(`\r${'█'.repeat(full)}${'░'.repeat(cells - full)}  ${rows} of ${ofRows} rows`)
    },
    end: () => {
      if (isBegun) stderr.write('\n')
      isBegun = false
    },
  }
}

const interruption = new AbortController()
const { signal } = interruption
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second interrupt exits at once; the server rolls back the unfinished transaction.
    if (signal.aborted) process.exit(interruptedExitCode)
    interruption.abort(new Error('interrupted: the server and the folder are unchanged'))
  })
}

main(signal).catch(error => {
  const unreachable = describeUnreachable(error, readEnvironment()['QUOTA_DATABASE_URL'] ?? '')
  const text = error instanceof Error ? error.message : String(error)
  const line = unreachable === null ? text : `${unreachable.found}; ${unreachable.remedy}`
  process.stderr.write(`quotakeeper move: ${line}\n`)
  process.exit(signal.aborted ? interruptedExitCode : 1)
})
