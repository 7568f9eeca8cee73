import { expect, test } from 'vitest'
import { BarredModels } from './barred-models.js'

test('a bar lasts an hour, for that provider and model', () => {
  const barred = new BarredModels()
  barred.bar('groq_1', 'm', 0)
  expect(barred.isBarred('groq_1', 'm', 3_599_999)).toBe(true)
  expect(barred.isBarred('groq_1', 'm', 3_600_000)).toBe(false)
  expect(barred.isBarred('groq_2', 'm', 0)).toBe(false)
  expect(barred.isBarred('groq_1', 'n', 0)).toBe(false)
})

test('at most ten thousand are kept, and the oldest is dropped', () => {
  const barred = new BarredModels()
  for (let index = 0; index <= 10_000; index++) barred.bar('groq_1', `m${index}`, 0)
  expect(barred.isBarred('groq_1', 'm0', 1)).toBe(false)
  expect(barred.isBarred('groq_1', 'm1', 1)).toBe(true)
  expect(barred.isBarred('groq_1', 'm10000', 1)).toBe(true)
})
