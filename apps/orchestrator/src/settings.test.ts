import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { readSettings } from './settings.js'

test('by default a body has at most 32 MiB, and all of them a fraction of the heap', () => {
  const heapBytes = getHeapStatistics().heap_size_limit
  const { maxBodyBytes, memoryBytes } = readSettings({})
  expect(maxBodyBytes).toBe(33_554_432)
  expect(memoryBytes).toBeGreaterThan(heapBytes / 4)
  expect(memoryBytes).toBeLessThan(heapBytes)
  const set = { QUOTA_GATEWAY_MAX_BODY_BYTES: '2048', QUOTA_GATEWAY_MEMORY_BYTES: '8000000000' }
  expect(readSettings(set)).toMatchObject({ maxBodyBytes: 2_048, memoryBytes: 8_000_000_000 })
})

test.each([
  ['QUOTA_GATEWAY_MAX_BODY_BYTES', '0'],
  ['QUOTA_GATEWAY_MAX_BODY_BYTES', '1000000000'],
  ['QUOTA_GATEWAY_MAX_BODY_BYTES', '32MB'],
  ['QUOTA_GATEWAY_MEMORY_BYTES', '1'],
  ['QUOTA_GATEWAY_MEMORY_BYTES', '-1'],
  ['QUOTA_GATEWAY_MEMORY_BYTES', '9999999999999'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(
    new RegExp(`${name} must be a whole number .*; it is "${value}"`),
  )
})

test('a file of the sealing secret that cannot be read is refused with the remedy', () => {
  expect(() => readSettings({ QUOTA_SEALING_KEY_FILE: '/missing/sealing.key' })).toThrow(
    /sealing\.key cannot be read \(ENOENT\): mount the secret there, let the user of the gateway read it/,
  )
})
