import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createTestDatabase, freePort, testServers } from '@quotakeeper/test-kit'
import { describe, expect, test } from 'vitest'
import { describeUnreachable, migrate, openDatabase } from '../src/index.js'

const secret = 'pa55word'

/** What a person reads who has named this database. */
async function saidOf(url: string): Promise<string> {
  const database = await openDatabase(url)
  try {
    await migrate(database)
    throw new Error('it was reached')
  } catch (error) {
    const said = describeUnreachable(error, url)
    return said === null ? `nothing: ${String(error)}` : `${said.found}; ${said.remedy}`
  } finally {
    await database.close()
  }
}

/** A listener that is no PostgreSQL, and answers any greeting so. */
async function startListener(answer: Uint8Array | 'end' | 'nothing') {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (answer === 'end') socket.end()
      else if (answer !== 'nothing') socket.end(answer)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

/** PostgreSQL's ErrorResponse, as its protocol has it. */
function errorResponse(code: string, message: string): Uint8Array {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeUInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

test('nobody listens: the host, its port and the setting are named, and no password', async () => {
  const port = await freePort()
  const said = await saidOf(`postgres://me:${secret}@127.0.0.1:${port}/quota`)
  expect(said).toContain(
    `the database at 127.0.0.1:${port} cannot be reached: nothing listens there (ECONNREFUSED)`,
  )
  expect(said).toContain('QUOTA_DATABASE_URL')
  expect(said).not.toContain(secret)
})

test('of several hosts all are named', async () => {
  const ports = [await freePort(), await freePort()]
  const hosts = ports.map(port => `127.0.0.1:${port}`)
  expect(await saidOf(`postgres://me:${secret}@${hosts.join(',')}/quota`)).toContain(hosts.join(', '))
})

test.each([
  [
    'an unknown host',
    `postgres://me:${secret}@nowhere.invalid/quota`,
    /nowhere\.invalid:5432 .*unknown host name/,
  ],
  [
    'a socket that is not there',
    `postgres://me:${secret}@localhost/quota?host=/nowhere/at-all`,
    /\/nowhere\/at-all .*no such socket/,
  ],
])('%s is said to be one', async (_, url, said) => {
  expect(await saidOf(url)).toMatch(said)
})

test.each([
  [
    'wrong password',
    errorResponse('28P01', 'password authentication failed'),
    /rejects the password of "me"/,
  ],
  [
    'no entry in pg_hba.conf',
    errorResponse('28000', 'no pg_hba.conf entry'),
    /does not allow "me" to connect.*pg_hba\.conf/,
  ],
  [
    'unknown database',
    errorResponse('3D000', 'database "quota" does not exist'),
    /no database "quota".*createdb quota/,
  ],
  ['too many connections', errorResponse('53300', 'sorry, too many clients'), /no connection left/],
  ['starting up', errorResponse('57P03', 'the database system is starting up'), /starting or stopping/],
  ['a listener that hangs up', 'end' as const, /closes the connection.*check that it is PostgreSQL/],
  ['a listener that says nothing', 'nothing' as const, /does not answer in time/],
])('%s is reported as what it is, without the password', async (_, answer, expected) => {
  await using listener = await startListener(answer)
  const said = await saidOf(`postgres://me:${secret}@127.0.0.1:${listener.port}/quota`)
  expect(said).toMatch(expected)
  expect(said).toContain(`127.0.0.1:${listener.port}`)
  expect(said).not.toContain(secret)
})

test('a server without the TLS that the URL demands is reported as that', async () => {
  await using listener = await startListener(Buffer.from('N'))
  const url = `postgres://me:${secret}@127.0.0.1:${listener.port}/quota?sslmode=require`
  expect(await saidOf(url)).toMatch(/does not speak TLS.*sslmode/)
})

describe.each(testServers())('on $name', server => {
  test('a database that is missing is named, with how to make it', async () => {
    const { url, drop } = await createTestDatabase(server)
    const missing = new URL(url)
    missing.pathname = '/not_there'
    expect(await saidOf(missing.href)).toMatch(/it has no database "not_there".*createdb not_there/)
    await drop()
  })

  test('a failure for another reason is not reported as one of the address', async () => {
    const { url, drop } = await createTestDatabase(server)
    const database = await openDatabase(url)
    const failed = database.withSession(session =>
      session.run([{ name: '', text: 'select 1/0', values: [] }]),
    )
    const error = await failed.catch((fault: unknown) => fault)
    expect(describeUnreachable(error, url)).toBeNull()
    await database.close()
    await drop()
  })
})

test('of an embedded database nothing is said: it names its folder itself', () => {
  expect(describeUnreachable(new Error('timeout'), 'embedded:.quotakeeper/data')).toBeNull()
})
