import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Spool } from './spool.js'

const chunk = Buffer.alloc(100_000)
const noMemory = { growTo: () => false }

test('one caller’s files leave disk for those of others, and a single file may be larger than its part', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'spool-of-callers-'))
  const spool = new Spool({ parent, maxTotalBytes: 10 * chunk.length })
  const file = (caller: string) => spool.open(noMemory, caller)
  const files = Array.from({ length: 9 }, () => file('greedy'))
  const taken = []
  for (const each of files) taken.push(await each.append(chunk))
  expect(taken.filter(isTaken => isTaken)).toHaveLength(8)
  const other = file('modest')
  expect([await other.append(chunk), await other.append(chunk)]).toEqual([true, true])
  for (const each of [...files, other]) each.close()
  const [large, second] = [file('greedy'), file('greedy')]
  for (let count = 0; count < 9; count++) expect(await large.append(chunk)).toBe(true)
  expect(await second.append(chunk)).toBe(false)
  for (const each of [large, second]) each.close()
  await spool.close()
  await rm(parent, { recursive: true })
})
