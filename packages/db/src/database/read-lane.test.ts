import { expect, test } from 'vitest'
import { ReadLane } from './read-lane.js'
import { Turns } from './turns.js'

/** Work that the test ends. */
function held(name: string, begun: string[]) {
  let end = (): void => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const work = async (): Promise<string> => {
    begun.push(name)
    await ended
    return name
  }
  return { work, end: () => end() }
}

const refused = { code: 'READ_REFUSED' }
const bounds = { maxRunning: 1, maxWaiting: 2, maxWaitMs: null }

test('as many reads run as may, the others in their order, and what fails makes room too', async () => {
  const lane = new ReadLane(bounds)
  const begun: string[] = []
  const first = held('first', begun)
  const reads = [
    lane.run(first.work),
    lane.run(async () => {
      begun.push('second')
      throw new Error('broken')
    }),
    lane.run(async () => begun.push('third')),
  ]
  await expect(lane.run(async () => begun.push('fourth'))).rejects.toMatchObject(refused)
  expect(begun).toEqual(['first'])
  first.end()
  await Promise.allSettled(reads)
  expect(begun).toEqual(['first', 'second', 'third'])
  expect(await lane.run(async () => 'later')).toBe('later')
})

test('a caller that aborts while waiting leaves its slot to others', async () => {
  const lane = new ReadLane({ ...bounds, maxWaiting: 1 })
  const begun: string[] = []
  const first = held('first', begun)
  const running = lane.run(first.work)
  const caller = new AbortController()
  const waiting = lane.run(async () => begun.push('waiting'), caller.signal)
  caller.abort()
  await expect(waiting).rejects.toMatchObject(refused)
  const next = lane.run(async () => begun.push('next'))
  first.end()
  await Promise.all([running, next])
  expect(begun).toEqual(['first', 'next'])
  await expect(lane.run(async () => begun.push('gone'), caller.signal)).rejects.toMatchObject(refused)
  expect(begun).toEqual(['first', 'next'])
})

test('a read whose turn does not come in time is refused, and says what to narrow', async () => {
  const lane = new ReadLane({ ...bounds, maxWaitMs: 1 })
  const first = held('first', [])
  const running = lane.run(first.work)
  await expect(lane.run(async () => 'second')).rejects.toThrow(/fewer days, one provider or smaller pages/)
  first.end()
  await running
})

test('on the one connection of PGlite a call goes before a read that waits', async () => {
  const turns = new Turns(10)
  const begun: string[] = []
  const first = held('first', begun)
  const all = [
    turns.take(first.work),
    turns.takeWhenQuiet(async () => begun.push('read')),
    turns.take(async () => begun.push('call')),
    turns.take(async () => begun.push('another call')),
  ]
  first.end()
  await Promise.all(all)
  expect(begun).toEqual(['first', 'call', 'another call', 'read'])
})
