import { expect, test } from 'vitest'
import { type CallFigures, CallSums, hourStartOf, noCalls, successShare } from './call-figures.js'
import { histogramOf } from './duration-histogram.js'

const hourStart = hourStartOf(Date.parse('2026-11-29T12:34:56.789Z'))

function answered(providerName: string, model: string, consumer = ''): CallFigures {
  return {
    ...{ hourStart, providerName, model, consumer, isOther: false, ...noCalls, answeredCount: 1 },
    ...{ durations: histogramOf(500), firstTokens: [] },
  }
}

test('calls of one group are one sum, and of another hour another', () => {
  const sums = new CallSums(10)
  for (const figures of [answered('a', 'm'), answered('a', 'm'), answered('b', 'm')]) sums.add(figures)
  sums.add({ ...answered('a', 'm'), hourStart: '2026-11-29T13:00:00.000Z', answeredCount: 0, failedCount: 1 })
  expect(hourStart).toBe('2026-11-29T12:00:00.000Z')
  expect(sums.list().map(sum => [sum.hourStart.slice(11, 13), sum.providerName, sum.answeredCount])).toEqual([
    ['12', 'a', 2],
    ['12', 'b', 1],
    ['13', 'a', 0],
  ])
})

test('with too many groups, calls are counted without model and consumer, and none is lost', () => {
  const sums = new CallSums(5)
  const names = Array.from({ length: 100 }, (_, index) => `name ${index}`)
  for (const name of names) sums.add(answered('a', name, name))
  expect(sums.size).toBe(6)
  const other = sums.list().at(-1)
  expect(other).toMatchObject({
    providerName: 'a',
    model: '',
    consumer: '',
    isOther: true,
    answeredCount: 95,
  })
  // Names that are known by then are still counted by themselves.
  sums.add(answered('a', 'name 0', 'name 0'))
  expect(sums.list()[0]?.answeredCount).toBe(2)
  // However many providers come, there are twice as many groups and one more.
  for (const name of names) sums.add(answered(name, 'm'))
  expect(sums.size).toBe(11)
  expect(sums.list().at(-1)).toMatchObject({ providerName: '', isOther: true })
  expect(sums.list().reduce((total, { answeredCount }) => total + answeredCount, 0)).toBe(201)
})

test('requests that were turned away, whose models their clients make up, displace no calls', () => {
  const sums = new CallSums(10)
  const turnedAway = { ...answered('', ''), answeredCount: 0, turnedAwayCount: 1, durations: [] }
  for (let index = 0; index < 50; index++) sums.add({ ...turnedAway, model: `made up ${index}` })
  for (let index = 0; index < 10; index++) sums.add(answered('a', `model ${index}`))
  const ofProvider = sums.list().filter(({ providerName }) => providerName === 'a')
  expect(ofProvider.map(({ model }) => model)).toEqual(Array.from({ length: 10 }, (_, i) => `model ${i}`))
  const rest = sums.list().filter(({ providerName }) => providerName === '')
  expect(rest.map(({ model, turnedAwayCount }) => [model, turnedAwayCount])).toEqual([
    ['made up 0', 1],
    ['made up 1', 1],
    ['', 48],
  ])
})

test('the share of success leaves out calls whose client left, and requests without a call', () => {
  const endings = { ...noCalls, answeredCount: 3, refusedCount: 1, abortedCount: 5, turnedAwayCount: 7 }
  expect(successShare(endings)).toBe(0.75)
  expect(successShare({ ...noCalls, abortedCount: 5, turnedAwayCount: 7 })).toBeNull()
})
