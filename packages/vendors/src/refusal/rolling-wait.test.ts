import { expect, test } from 'vitest'
import { rollingResetMs, rollingWaitMs } from './rolling-wait.js'

const dayMs = 86_400_000

test('the wait equals Groq’s for the same numbers', () => {
  expect(rollingWaitMs({ limit: 100_000, used: 97_050, requested: 3_619, windowMs: dayMs })).toBe(578_016)
})

test('a smaller request fits at once', () => {
  expect(rollingWaitMs({ limit: 100_000, used: 97_050, requested: 2_950, windowMs: dayMs })).toBe(0)
})

test('a request that can never fit has no wait, and neither has one without numbers', () => {
  expect(rollingWaitMs({ limit: 7_000, used: 0, requested: 12_903, windowMs: 60_000 })).toBeNull()
  expect(rollingWaitMs({ limit: 0, used: 0, requested: 0, windowMs: 60_000 })).toBeNull()
  expect(rollingWaitMs({ limit: null, used: 0, requested: 0, windowMs: 60_000 })).toBeNull()
})

test('the reset equals Groq’s header for the same numbers', () => {
  expect(rollingResetMs({ limit: 1_000, spent: 45, windowMs: dayMs })).toBe(3_888_000)
})
