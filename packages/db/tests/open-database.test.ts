import { expect, test } from 'vitest'
import { openDatabase } from '../src/index.js'

test.each([
  'mysql://root:geheim@localhost/quota',
  'geheim',
  '',
  'pglite',
  'pglite:',
  'postgres:geheim',
  'postgres://user:geheim@host:port/db',
  'postgres://user:geheim@host:5432,:70000/db',
  'postgres://user:ge/heim@host/db',
  'http://geheim',
])('the URL %j is refused, with the forms there are and without repeating it', async url => {
  const error = await openDatabase(url).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
  const reported = `${error} ${JSON.stringify(error)} ${error instanceof Error ? error.cause : ''}`
  expect(reported).toMatch(/postgres:\/\/user:password@host:5432\/database/)
  expect(reported).not.toMatch(/geheim|heim@/)
})

test.each([
  'postgres://user:pass%40word@db.example:5432/quota',
  'postgresql://user@[::1]:5432/quota?sslmode=require',
  'postgres://user:password@db1.example:5432,db2.example:5433,db3.example/quota',
  'postgres:///quota?host=/var/run/postgresql',
])('the URL %j is taken, and nobody is asked before the first query', async url => {
  const database = await openDatabase(url)
  expect(database.kind).toBe('postgres')
  await database.close()
})

test('no error names a wrong password', async () => {
  const database = await openDatabase('postgres://user:geheim@127.0.0.1:1/quota')
  const error = await database
    .withSession(async () => null)
    .then(
      () => null,
      (reason: unknown) => reason,
    )
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null
  expect(`${error} ${cause?.stack} ${JSON.stringify(cause)}`).not.toMatch(/geheim/)
  await database.close()
})
