import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { type Turn, WaitingRoom } from './waiting-room.js'

const never = new AbortController().signal
// Shared by all waits of these tests.
setMaxListeners(0, never)
const soon = { atMostMs: 5_000, caller: null, signal: never }

/** Waits, and records which requests are woken. */
function fixture() {
  const room = new WaitingRoom()
  const woken: string[] = []
  const wait = (
    name: string,
    forMs: number | null,
    subjects: readonly string[],
    turn: Turn = room.takeTurn(),
  ) =>
    room.wait({ ...soon, turn, forMs, subjects }).then(hasWaited => {
      woken.push(hasWaited ? name : `${name} left`)
    })
  return { room, woken, wait }
}

test('requests with the same return are woken in order of arrival', async () => {
  const { woken, wait } = fixture()
  const names = Array.from({ length: 50 }, (_, index) => `${index}`)
  await Promise.all(names.map(name => wait(name, 10, ['provider:a'])))
  expect(woken).toEqual(names)
})

test('released quota wakes one request of that subject, and no others', async () => {
  const { room, woken, wait } = fixture()
  const giveBack = [
    room.hold(['provider:a', 'pool:p']),
    room.hold(['pool:p']),
    room.hold(['provider:b']),
  ] as const
  const waits = [wait('b', null, ['provider:b']), wait('p1', null, ['pool:p']), wait('p2', null, ['pool:p'])]
  giveBack[0]()
  await waits[1]
  expect(woken).toEqual(['p1'])
  giveBack[1]()
  await waits[2]
  giveBack[2]()
  await waits[0]
  expect(woken).toEqual(['p1', 'p2', 'b'])
})

test('when no quota is held any more, all requests waiting for releases retry once', async () => {
  const { room, woken, wait } = fixture()
  const giveBack = room.hold(['provider:a'])
  const waits = ['1', '2', '3'].map(name => wait(name, null, ['provider:a']))
  expect(room.holdsOf(['provider:a'])).toBe(true)
  giveBack()
  await Promise.all(waits)
  expect(woken).toEqual(['1', '2', '3'])
  expect(room.holdsOf(['provider:a'])).toBe(false)
})

test('a request that waits again keeps its position, and does not miss quota released meanwhile', async () => {
  const { room, woken, wait } = fixture()
  const turn = room.takeTurn()
  const [first, second] = [room.hold(['provider:a']), room.hold(['provider:a'])]
  const later = wait('later', null, ['provider:a'])
  first()
  await later
  await wait('first', null, ['provider:a'], turn)
  expect(woken).toEqual(['later', 'first'])
  const rest = [wait('last', null, ['provider:a']), wait('first again', null, ['provider:a'], turn)]
  second()
  await Promise.all(rest)
  expect(woken.slice(2).toSorted()).toEqual(['first again', 'last'])
})

test('at most a thousand requests wait, and one that leaves makes room', async () => {
  const room = new WaitingRoom()
  const client = new AbortController()
  setMaxListeners(0, client.signal)
  const wait = (signal: AbortSignal) =>
    room.wait({ ...soon, turn: room.takeTurn(), forMs: 60_000, atMostMs: 60_000, subjects: [], signal })
  const waits = Array.from({ length: 1_000 }, () => wait(client.signal))
  expect(await wait(never)).toBe(false)
  expect(room.length).toBe(1_000)
  client.abort()
  expect(new Set(await Promise.all(waits))).toEqual(new Set([false]))
  expect(room.length).toBe(0)
})

test('one caller’s requests leave room for those of others', async () => {
  const room = new WaitingRoom()
  const client = new AbortController()
  setMaxListeners(0, client.signal)
  const wait = (caller: string) => {
    const times = { forMs: 60_000, atMostMs: 60_000 }
    return room.wait({ ...times, turn: room.takeTurn(), caller, subjects: [], signal: client.signal })
  }
  const waits = Array.from({ length: 1_000 }, () => wait('a'))
  expect(room.length).toBe(800)
  waits.push(wait('b'))
  expect(room.length).toBe(801)
  client.abort()
  await Promise.all(waits)
  expect(room.length).toBe(0)
})
