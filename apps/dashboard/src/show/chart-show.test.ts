import { expect, test } from 'vitest'
import { hoursOfDay } from './day-hours.js'
import { layersOf, upperEdges } from './layers.js'

const hourMs = 3_600_000

test.each([
  ['UTC', '00:00', '2026-11-25T02:30:00Z', ['00:00', '01:00', '02:00']],
  // Their day began at 15:00 UTC of the day before, at 03:00 in Tokyo 18:00.
  ['Asia/Tokyo', '00:00', '2026-11-24T17:30:00Z', ['15:00', '16:00', '17:00']],
  ['Asia/Tokyo', '03:00', '2026-11-24T18:30:00Z', ['18:00']],
  // Whole hours there, as the API sums them.
  ['Asia/Kolkata', '00:00', '2026-11-24T20:40:00Z', ['18:30', '19:30', '20:30']],
  // The hour from 03:00 there, which is shared with the day before.
  ['+05:30', '03:15', '2026-11-24T23:10:00Z', ['21:30', '22:30']],
  ['+09:00', '00:00', '2026-11-24T15:00:00Z', ['15:00']],
])('a day of %s from %s begins when it begins there', (timeZone, dayStartsAt, now, hours) => {
  const shown = hoursOfDay({ date: '2026-11-25', timeZone, dayStartsAt }, Date.parse(now))
  expect(shown.map(atMs => new Date(atMs).toISOString().slice(11, 16))).toEqual(hours)
})

test('a day of 25 hours has 25, and one of the past ends at now', () => {
  const day = { date: '2026-11-01', timeZone: 'America/Los_Angeles', dayStartsAt: '00:00' }
  expect(hoursOfDay(day, Date.parse('2026-11-02T07:59:59Z'))).toHaveLength(25)
  expect(hoursOfDay({ ...day, date: '2020-01-01' }, Date.parse('2026-11-02T07:59:59Z'))).toHaveLength(27)
})

test('the four largest of many layers keep their name, and the others are one, with nothing lost', () => {
  const times = [0, hourMs]
  const values = Array.from({ length: 9 }, (_, index) => [
    { atMs: 0, name: `n${index}`, value: index },
    { atMs: hourMs, name: `n${index}`, value: 1 },
    { atMs: 2 * hourMs, name: `n${index}`, value: 1_000 },
  ]).flat()
  const layers = layersOf(times, values, 'others')
  expect(layers.map(({ name }) => name)).toEqual(['n8', 'n7', 'n6', 'n5', 'others'])
  expect(upperEdges(layers).at(-1)).toEqual([36, 9])
  expect(upperEdges(layers)[1]).toEqual([15, 2])
  expect(layersOf(times, values.slice(0, 15), 'others').map(({ name }) => name)).toEqual([
    'n4',
    'n3',
    'n2',
    'n1',
    'n0',
  ])
  expect(layersOf(times, [], 'others')).toEqual([])
})
