import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startReplicatedPostgres } from './start-replicated-postgres.js'

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>({ text })).rows
  } finally {
    await client.end()
  }
}

test('commits of a killed primary are on its promoted standby', async () => {
  await using pair = await startReplicatedPostgres()
  await query(pair.primaryUrl, 'create table kept (id int)')
  await expect(query(pair.standbyUrl, 'insert into kept values (0)')).rejects.toMatchObject({ code: '25006' })
  await query(pair.primaryUrl, 'insert into kept values (1)')
  await pair.killPrimary()
  await expect(query(pair.primaryUrl, 'select')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await pair.promoteStandby()
  await query(pair.standbyUrl, 'insert into kept values (2)')
  expect(await query(pair.standbyUrl, 'select id from kept order by id')).toEqual([{ id: 1 }, { id: 2 }])
})
